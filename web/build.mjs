// Builds the pages into src/pellucid/web/static, or into the folder that is given.
import { build } from "esbuild";
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const out = resolve(process.argv[2] ?? join(here, "../src/pellucid/web/static"));
await mkdir(out, { recursive: true });
await build({
  absWorkingDir: here,
  entryPoints: [
    { in: "src/explain.tsx", out: "explain" },
    { in: "src/explain.css", out: "explain-style" },
    { in: "src/play/play.tsx", out: "play" },
    { in: "src/play/play.css", out: "play" },
    { in: "src/play/python.ts", out: "play-python" },
  ],
  outdir: out,
  bundle: true,
  minify: true,
  format: "iife",
  target: ["chrome111", "firefox115", "safari16.4"],
  charset: "utf8",
  jsx: "automatic",
  jsxImportSource: "preact",
  legalComments: "none",
  banner: { js: "/* pellucid, MIT; with Preact and @preact/signals, MIT, by Jason Miller and the Preact Team */" },
  logLevel: "warning",
});

await copyFile(join(here, "src/play/play.html"), join(out, "play.html"));

// What the packages ask for that stand in the script.
const packages = ["preact", "@preact/signals", "@preact/signals-core"];
const licences = packages.map(async (name) => `${name}\n\n${await readFile(join(here, "node_modules", name, "LICENSE"), "utf8")}`);
await writeFile(join(out, "LICENCES.txt"), (await Promise.all(licences)).join("\n\n"));
