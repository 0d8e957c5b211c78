// What the doctor says of the network on its data, when it is asked.

import type { VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Header } from "./engine";
import { ask, chosen } from "./state";

export function Doctor(): VNode {
  const [found, setFound] = useState<Header | null>(null), [busy, setBusy] = useState(false);
  useEffect(() => setFound(null), [chosen.value]);
  const look = async () => {
    setBusy(true);
    setFound((await ask({ do: "doctor" }))?.header ?? null);
    setBusy(false);
  };
  return (
    <div class="doctor">
      <div class="brow"><h3>Doctor</h3><button onClick={look} disabled={busy}>{busy ? "looking …" : "ask the doctor"}</button></div>
      <div aria-live="polite">
        {found && !found.notes?.length && <p><Glyph bad={false} /> Nothing is wrong with it that the doctor knows.</p>}
        {found?.notes?.map(({ code, title, text, where, mend }) => (
          <div class="note" key={code + where}>
            <p><Glyph bad /> <b>{title}</b> <span class="soft">{code}{where && `, ${where}`}</span></p>
            <p>{text}</p>
            {mend && <pre tabIndex={0} role="region" aria-label="The mend">{mend}</pre>}
          </div>
        ))}
        {!!found?.more && <p class="soft">and {found.more} more; `net.diagnose(x, y)` prints all</p>}
      </div>
    </div>
  );
}

function Glyph({ bad }: { bad: boolean }): VNode {
  return <svg class={bad ? "glyph bad" : "glyph good"} viewBox="0 0 24 24" width="15" height="15" role="img" aria-label={bad ? "found" : "fine"}><path d={bad ? "M12 3l10 18H2z" : "M12 3a9 9 0 100 18 9 9 0 000-18z"} /></svg>;
}

