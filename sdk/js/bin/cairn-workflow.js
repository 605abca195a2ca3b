#!/usr/bin/env node
// Makes a component of a workflow: bundles it with what it imports, then has an engine put in.

import { spawnSync } from "node:child_process";
import { realpathSync } from "node:fs";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

const HERE = realpathSync(fileURLToPath(new URL("..", import.meta.url)));
const SOURCE = join(HERE, "src");
const WIT = join(HERE, "wit");

const USAGE = `usage: cairn-workflow build FILE [-o OUT.wasm] [--engine quickjs|starlingmonkey] [--minify]

Makes a component of FILE, a module in JavaScript or TypeScript that exports \`run\`, made by \`workflow\`.

  -o, --output OUT.wasm   where it goes; else beside where you are, named after FILE
  --engine ENGINE         quickjs (1.6 MB, built in seconds; meant if nothing is said), or
                          starlingmonkey (13 MB, more of what the web has; needs @bytecodealliance/jco@1.34.0)
  --minify                shorter names and no spaces; stack traces then say little`;

class Mistake extends Error {}

/** What differs from engine to engine. */
const ENGINES = {
  quickjs: {
    // Its promises are the library's own, so nothing may be left that makes the engine's.
    supported: { "async-await": false, "async-generator": false, "for-await": false, using: false, "top-level-await": false },
    ownPromises: true,
    componentize: quickjs,
  },
  starlingmonkey: { supported: { using: false }, ownPromises: false, componentize: starlingmonkey },
};

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      output: { type: "string", short: "o" },
      engine: { type: "string", default: "quickjs" },
      minify: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const [command, file, ...more] = positionals;
  if (values.help || command === "help") return console.log(USAGE);
  if (command !== "build" || file === undefined || more.length > 0) throw new Mistake(USAGE);
  const engine = ENGINES[values.engine];
  if (engine === undefined) throw new Mistake(`there is no engine \`${values.engine}\`: take quickjs or starlingmonkey`);
  const output = resolve(values.output ?? `${basename(file).replace(/\.[cm]?[jt]s$/, "")}.wasm`);
  const folder = await mkdtemp(join(tmpdir(), "cairn-"));
  try {
    const bundled = join(folder, "workflow.js");
    await writeFile(bundled, await bundle(file, values, engine));
    await writeFile(output, await engine.componentize(bundled, folder));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const { size } = await stat(output);
  console.log(`${values.output ?? basename(output)}: ${(size / 1e6).toFixed(1)} MB, on ${values.engine}`);
}

/** The workflow in one module, with what JavaScript has everywhere in front of it. */
async function bundle(file, { engine, minify }, { supported, ownPromises }) {
  const path = resolve(file);
  const contents = `import "cairn-workflow/globals"; import { run as given } from ${JSON.stringify(path)};
import { entry } from "cairn-workflow"; export { blocks } from "cairn-workflow"; export const run = entry(given);`;
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: dirname(path), sourcefile: "entry.js" },
    bundle: true,
    write: false,
    format: "esm",
    platform: "neutral",
    target: "es2022",
    mainFields: ["module", "main"],
    conditions: ["worker", "browser"],
    supported,
    minify,
    charset: "utf8",
    legalComments: "none",
    logLevel: "warning",
    external: ["cairn:*", "wasi:*"],
    define: { OWN_PROMISES: String(ownPromises), "process.env.NODE_ENV": '"production"' },
    plugins: [library(engine)],
  });
  return outputFiles[0].text;
}

/** One copy of this library, with the part that is for the engine. */
const library = (engine) => ({
  name: "cairn-workflow",
  setup({ onResolve }) {
    const at = (...parts) => () => ({ path: join(SOURCE, ...parts) });
    onResolve({ filter: /^cairn-workflow:engine$/ }, at("engine", `${engine}.js`));
    onResolve({ filter: /^cairn-workflow$/ }, at("index.js"));
    onResolve({ filter: /^cairn-workflow\/globals$/ }, at("globals.js"));
  },
});

async function quickjs(bundled) {
  const { componentize } = await import("componentize-qjs");
  const jsSource = await readFile(bundled, "utf8");
  const { component } = await componentize({ witPath: WIT, world: "quickjs", jsSource, sync: true });
  return component;
}

async function starlingmonkey(bundled, folder) {
  const output = join(folder, "workflow.wasm");
  const features = ["--disable", "http", "fetch-event"];
  const args = ["componentize", bundled, "-w", WIT, "-n", "starlingmonkey", "-o", output, ...features];
  const { status, stdout, stderr } = spawnSync(process.execPath, [jco(), ...args], { encoding: "utf8" });
  if (status !== 0) throw new Mistake(`${stdout}${stderr}`.trim());
  return readFile(output);
}

/** jco's program; it is found from where the project is, and else from here. */
function jco() {
  for (const from of [join(process.cwd(), "package.json"), join(HERE, "package.json")]) {
    try {
      return join(dirname(createRequire(from).resolve("@bytecodealliance/jco")), "jco.js");
    } catch {
      continue;
    }
  }
  throw new Mistake("the engine starlingmonkey comes with jco: npm install --save-dev --save-exact @bytecodealliance/jco@1.34.0");
}

main().catch((error) => {
  console.error(error instanceof Mistake || error.errors !== undefined ? error.message : error);
  process.exitCode = 1;
});
