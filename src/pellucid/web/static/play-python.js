/* pellucid, MIT; with Preact and @preact/signals, MIT, by Jason Miller and the Preact Team */
"use strict";(()=>{var l=`
import json
from pellucid.play import Player, Session
from pellucid.play.frames import Answer, packed

player = Player(Session())

def told(answer, **more):
    return packed(Answer({**more, **answer.header}, answer.arrays))

def handle(text):
    command = json.loads(text)
    return told(player.handle(command), kind="answer", id=command.get("id"))

def turn():
    if not player.playing:
        return None
    player.train()
    return told(player.frame(), kind="frame", frame=0)
`,o,t=!0,s=!1;self.onmessage=({data:e})=>{typeof e=="string"?c(e):f(e)};async function f({pyodide:e,wheel:r,packages:a}){try{postMessage({told:"Python begins …"});let{loadPyodide:n}=await import(`${e}pyodide.mjs`);o=await n({indexURL:e}),postMessage({told:`${a.join(", ")} …`}),await o.loadPackage(a),postMessage({told:"pellucid …"});let i=await fetch(r);if(!i.ok)throw new Error(`${r} is not there`);o.unpackArchive(await i.arrayBuffer(),"wheel"),o.runPython(l),postMessage({})}catch(n){postMessage({failed:n instanceof Error?n.message:String(n)})}}function c(e){if(e.startsWith('{"ack"')){t=!0;return}d(o.globals.get("handle")(e)),s||m()}async function m(){for(s=!0;;){if(await new Promise(r=>setTimeout(r,0)),!t){await new Promise(r=>setTimeout(r,4));continue}let e=o.globals.get("turn")();if(!e)break;t=!1,d(e)}s=!1}function d(e){let r=e,a=r.getBuffer("u8"),n=a.data.slice().buffer;a.release(),r.destroy(),postMessage(n,[n])}})();
