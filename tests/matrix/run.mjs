// @ts-check
// `cargo xtask matrix`: the packed package in every runtime and bundler, each time in a project of its own, each time
// against the emulator. `--only WORD` runs the cases whose name has the word, `--write` makes docs/runtimes.md anew.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { parseArgs } from "node:util";
import { CASES as bundlers } from "./cases/bundlers.mjs";
import { CASES as emulator } from "./cases/emulator.mjs";
import { CASES as extension } from "./cases/extension.mjs";
import { CASES as next } from "./cases/next.mjs";
import { CASES as nitro } from "./cases/nitro.mjs";
import { CASES as pages } from "./cases/pages.mjs";
import { CASES as processes } from "./cases/processes.mjs";
import { CASES as runners } from "./cases/runners.mjs";
import { CASES as types } from "./cases/types.mjs";
import { close } from "./lib/browser.mjs";
import { FILE, documentOf } from "./lib/document.mjs";
import { installTools, nodeProgram, open } from "./lib/workshop.mjs";

/**
 * @typedef {object} Case
 * @property {string} name Of the runtime or the bundler.
 * @property {string} [tool] Its package, whose version is shown.
 * @property {string} how The wasm module gets there.
 * @property {Record<string, Check>} checks By name.
 */

/** @typedef {(shop: import("./lib/workshop.mjs").Workshop) => Promise<unknown>} Check Passes, or throws what is wrong. */

/** What wrangler and webpack's command line need. */
const TOOLS_NODE = 22;

/** @type {Case[]} */
const TRIED = [
  ...processes,
  ...runners,
  ...bundlers,
  ...next,
  ...nitro,
  ...pages,
  ...extension,
  ...emulator,
  ...types,
];

/** @type {Case} */
const documented = {
  name: "docs/runtimes.md",
  how: "",
  checks: {
    current: async () => {
      if (readFileSync(FILE, "utf8") === documentOf(TRIED)) return;
      throw new Error("it is not: run `cargo xtask matrix --write`");
    },
  },
};

const { values } = parseArgs({
  options: { only: { type: "string", multiple: true }, write: { type: "boolean" } },
});

if (values.write) writeFileSync(FILE, documentOf(TRIED));
else await runAll();

async function runAll() {
  const start = performance.now();
  await installTools();
  if (Number.parseInt(process.versions.node) < TOOLS_NODE) return runWith(nodeProgram(TOOLS_NODE));
  const shop = await open();
  console.log(`tools and package: ${seconds(start)}`);
  const wanted = (/** @type {Case} */ { name, tool = "" }) =>
    values.only?.some((word) => `${name} ${tool}`.toLowerCase().includes(word.toLowerCase())) ??
    true;
  const cases = [...TRIED, documented].filter(wanted);
  if (cases.length === 0) throw new Error("no case has such a word in its name");
  let passed = 0;
  let failed = 0;
  for (const { name, tool, checks } of cases) {
    for (const [check, run] of Object.entries(checks)) {
      const since = performance.now();
      const fault = await run(shop).then(
        () => undefined,
        (/** @type {unknown} */ error) => (error instanceof Error ? error.message : String(error)),
      );
      const shown = tool?.startsWith("node-") ? tool.replace(/-linux.*/, "") : name;
      const columns = [
        fault ? "FAILED" : "passed",
        shown.padEnd(36),
        check.padEnd(40),
        seconds(since),
      ];
      console.log(columns.join("  "));
      if (fault) console.log(fault.replace(/^/gm, "        "));
      if (fault) failed++;
      else passed++;
    }
  }
  await close();
  console.log(`all of it: ${seconds(start)}`);
  console.log(`${passed} passed, ${failed} failed, 0 skipped`);
  process.exitCode = failed > 0 ? 1 : 0;
}

/** @param {number} since */
function seconds(since) {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}

/**
 * Runs this again, with this Node.
 * @param {string} node
 */
function runWith(node) {
  const PATH = `${dirname(node)}:${process.env.PATH}`;
  const env = { ...process.env, PATH };
  const { error, status } = spawnSync(node, process.argv.slice(1), { stdio: "inherit", env });
  if (error) throw error;
  process.exitCode = status ?? 1;
}
