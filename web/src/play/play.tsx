// The playground: it finds what carries a session, and shows the session.

import { render } from "preact";
import type { VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import { read } from "./address";
import { Code } from "./code";
import { Data } from "./data";
import type { Engine } from "./engine";
import { Explained } from "./explain";
import { listen } from "./keys";
import { Network } from "./network";
import { Pad } from "./pad";
import { Plan } from "./plan";
import { connect } from "./socket";
import { begin, drawer, ended, hidden, playing, said, send, tab, use } from "./state";
import { Result } from "./result";
import { looks } from "../ui/looks";
import { Top } from "./top";
import { host, Place, placed, start as startPython } from "./worker";

const TABS: [string, string, () => VNode][] = [["data", "Data", Data], ["net", "Net", Network], ["result", "Result", Result], ["plan", "Plan", Plan]];

function Page(): VNode {
  useEffect(listen, []);
  useEffect(() => {
    const rest = () => { if (document.hidden && playing.value) void send({ do: "pause" }); };
    document.addEventListener("visibilitychange", rest);
    return () => document.removeEventListener("visibilitychange", rest);
  }, []);
  useEffect(() => {
    const watch = matchMedia("(prefers-color-scheme: dark)"), again = () => looks.value++;
    watch.addEventListener("change", again);
    return () => watch.removeEventListener("change", again);
  }, []);
  const explained = drawer.value === "explain";
  return (
    <>
      <div hidden={explained}>
        <Top />
        <main class={`columns-of-page on-${tab.value}`}>
          {TABS.map(([name, , Part]) => !hidden.value.has(name) && <Part key={name} />)}
        </main>
        <nav class="tabs" aria-label="Parts of the page">
          {TABS.filter(([name]) => !hidden.value.has(name)).map(([name, words]) => (
            <button key={name} aria-current={tab.value === name ? "true" : undefined} onClick={() => (tab.value = name)}>{words}</button>
          ))}
        </nav>
      </div>
      {explained && <Explained />}
      {drawer.value === "code" && <Code />}
      {drawer.value === "pad" && <Pad />}
      {ended.value && <p class="fault ended" role="alert">{ended.value}</p>}
      <p class="unseen" role="status" aria-live="polite">{said.value}</p>
    </>
  );
}

/** A session on the server that the page came from; without one, of Python in the page, once that is wanted. */
async function carrier(app: HTMLElement, token: string | null): Promise<Engine> {
  const place = placed(app);
  if (!place) return connect(token);
  app.textContent = "";
  return new Promise((begun, failed) => render(<Begin place={place} onBegun={begun} onFailed={failed} />, app));
}

function Begin({ place, onBegun, onFailed }: { place: Place; onBegun: (engine: Engine) => void; onFailed: (error: unknown) => void }): VNode {
  const [told, setTold] = useState("");
  return (
    <div class="wait">
      <p>The playground is the library itself: it runs Python in this page, and sends nothing anywhere.</p>
      {told ? <p role="status">{told}</p> : (
        <p><button onClick={() => { setTold("…"); startPython(place, setTold).then(onBegun, onFailed); }}>Start Python</button> about 10 MB, from {host(place)}</p>
      )}
    </div>
  );
}

async function start(): Promise<void> {
  const app = document.getElementById("app")!, address = read(location.hash);
  try {
    if (address.token) history.replaceState(null, "", location.pathname);
    use(await carrier(app, address.token));
    await begin(address);
    render(null, app);
    app.textContent = "";
    render(<Page />, app);
    Object.assign(window, { pellucid: { playing, send } });
  } catch (error) {
    render(null, app);
    app.textContent = error instanceof Error ? error.message : String(error);
    throw error;
  }
}

void start();
