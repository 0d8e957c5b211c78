// The carrier to Python in the browser itself: a worker in which Pyodide runs the library, without a server.

import { Carrier } from "./engine";

/** Where Pyodide's files are, the wheel of pellucid, and packages that it needs. */
export interface Place { pyodide: string; wheel: string; packages: string[] }

/** Where the page says that Python is, if it says so. */
export function placed(app: HTMLElement): Place | null {
  const { pyodide, wheel, packages = "numpy" } = app.dataset;
  return pyodide && wheel ? { pyodide: new URL(pyodide, location.href).href, wheel: new URL(wheel, location.href).href, packages: packages.split(" ") } : null;
}

/** Whose computer the files come from: nobody is asked before it is said. */
export const host = ({ pyodide }: Place): string => (new URL(pyodide).host === location.host ? "this site" : new URL(pyodide).host);

class Worked extends Carrier {
  constructor(private worker: Worker) {
    super();
    worker.onmessage = ({ data }) => void this.came(data as ArrayBuffer);
    worker.onerror = ({ message }) => this.onEnd(`Python in this page has ended: ${message}. Reload the page.`);
  }

  protected post(text: string): void {
    this.worker.postMessage(text);
  }
}

/** Begins Python; `told` hears how far it is. */
export function start(place: Place, told: (words: string) => void): Promise<Carrier> {
  const worker = new Worker(new URL("play-python.js", document.baseURI), { type: "module" });
  return new Promise((begun, failed) => {
    worker.onerror = ({ message }) => failed(new Error(`Python cannot begin in this page: ${message}`));
    worker.onmessage = ({ data }: MessageEvent<{ told?: string; failed?: string }>) => {
      if (data.failed) failed(new Error(`Python cannot begin in this page: ${data.failed}`));
      else if (data.told) told(data.told);
      else begun(new Worked(worker));
    };
    worker.postMessage(place);
  });
}
