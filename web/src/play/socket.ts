// The carrier to a server on this computer: one WebSocket, opened with a token that the address brought.

import { Carrier } from "./engine";

const REFUSED = "The server does not know this page. Open the address that `pellucid play` printed.";

class Socket extends Carrier {
  constructor(private socket: WebSocket) {
    super();
    socket.onmessage = ({ data }) => void this.came(data as ArrayBuffer);
    socket.onclose = ({ code }) => this.onEnd(code === 1013 ? "Too many pages are open on this server; close another one."
      : "The server has ended. Start `pellucid play` again, and reload this page.");
  }

  protected post(text: string): void {
    this.socket.send(text);
  }
}

export async function connect(token: string | null): Promise<Carrier> {
  if (token) {
    const answer = await fetch("token", { method: "POST", body: token });
    if (!answer.ok) throw new Error(REFUSED);
  }
  const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/socket`);
  socket.binaryType = "arraybuffer";
  await new Promise((opened, failed) => {
    socket.onopen = opened;
    socket.onclose = ({ code }) => failed(new Error(code === 1013 ? "Too many pages are open on this server; close another one." : REFUSED));
  });
  return new Socket(socket);
}
