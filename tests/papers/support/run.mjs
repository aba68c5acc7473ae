// @ts-check
// Runs one sample.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { transform } from "esbuild";
import { freePort } from "../../support/port.mjs";
import { identify } from "./identity.mjs";
import { bundle } from "./page.mjs";
import { PROJECT, ROOT } from "./world.mjs";

/** @typedef {import("./markdown.mjs").Block} Block */

/**
 * @typedef {object} Room
 * @property {import("./world.mjs").Emulator} emulator
 * @property {string} tarball
 * @property {import("./page.mjs").Site} site
 * @property {string} siteUrl
 * @property {import("./page.mjs").Browser} browser
 */

/** Led to the emulator, whatever host they name. */
const LEAD = ["--import", new URL("lead.mjs", import.meta.url).href];
const SCRIPTS = ["js", "mjs", "cjs", "ts"];
/** Languages of which every block is a sample; a block of another one is shown, not run. */
export const LANGUAGES = [
  ...SCRIPTS,
  ...["sh", "bash", "shell", "html", "python", "java", "go", "rust", "nginx", "conf", "toml"],
  ...["javascript", "typescript", "jsx", "tsx", "console", "vue", "dockerfile"],
];

/**
 * The block with those that it continues.
 * @param {Block[]} blocks Of one paper.
 * @param {number} at
 * @returns {string}
 */
export function whole(blocks, at) {
  const block = /** @type {Block} */ (blocks[at]);
  if (!block.note.continues) return block.code;
  for (let before = at - 1; before >= 0; before--) {
    const other = /** @type {Block} */ (blocks[before]);
    if (other.language === block.language && !other.note.file && !other.note.same) {
      return whole(blocks, before) + block.code;
    }
  }
  throw new Error("there is nothing before it to continue");
}

/**
 * A block that stands in a file which is run elsewhere: whole or in part, whatever its indentation.
 * @param {Block} block
 * @param {string} path
 */
export function assertSame(block, path) {
  const plain = (/** @type {string} */ text) =>
    text
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => line !== "")
      .join("\n");
  const text = plain(readFileSync(join(ROOT, path), "utf8"));
  assert.ok(text.includes(plain(block.code)), `${path} does not hold this block`);
}

/**
 * The text that a sample is said to print: a block of `text` right after it.
 * @param {Block[]} blocks
 * @param {number} at
 */
export function printed(blocks, at) {
  const next = blocks[at + 1];
  const block = /** @type {Block} */ (blocks[at]);
  if (next?.language !== "text") return undefined;
  const linesBetween = next.line - (block.line + block.code.split("\n").length - 1);
  return linesBetween <= 3 ? next.code : undefined;
}

/**
 * Whether a text is as shown, where `…` stands for anything within a line, or, alone, for lines.
 * @param {string} text
 * @param {string} shown
 */
export function assertPrinted(text, shown) {
  const escaped = shown
    .trim()
    .split("\n")
    .map((line) =>
      line.trim() === "…"
        ? "(?:.*\\n)*?.*"
        : line.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replaceAll("…", ".*"),
    )
    .join("\\n");
  assert.match(text.trimEnd(), new RegExp(`^${escaped}$`));
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @param {string} cwd
 * @returns {import("node:child_process").ChildProcess & { text: string, ended: Promise<number | null> }}
 */
function start(command, args, env, cwd = PROJECT) {
  const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  const running = Object.assign(child, {
    text: "",
    errors: "",
    ended: new Promise((resolve) => child.once("close", resolve)),
  });
  child.stdout.setEncoding("utf8").on("data", (chunk) => (running.text += chunk));
  child.stderr.setEncoding("utf8").on("data", (chunk) => (running.errors += chunk));
  // A sample that hangs is ended.
  const timer = setTimeout(() => child.kill("SIGKILL"), 120_000);
  child.once("close", () => clearTimeout(timer));
  return /** @type {any} */ (running);
}

/** Samples that were left running. */
const running = new Set();

/** Ends what samples left running. */
export async function endAll() {
  for (const child of running) {
    child.kill();
    await child.ended;
  }
  running.clear();
}

/**
 * Runs a sample: with the faults it asks for, and counting the swaps that it says run.
 * @param {Room} room
 * @param {Block[]} blocks Of its paper.
 * @param {number} at
 */
export async function runSample(room, blocks, at) {
  const block = /** @type {Block} */ (blocks[at]);
  const { note } = block;
  if (note.same) return assertSame(block, note.same);
  const code = whole(blocks, at);
  if (note.file) return write(note.file, code);
  const { emulator } = room;
  await emulator.ask("POST", "reset");
  if (note.fault) await emulator.ask("POST", "faults", note.fault);
  await runBlock(room, block, code, printed(blocks, at));
  assert.equal(await emulator.swapsRun(), note.swaps ?? 0, "swaps that really ran");
}

/**
 * @param {string} name
 * @param {string} code
 */
function write(name, code) {
  const path = join(PROJECT, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, code);
  return path;
}

/**
 * @param {Room} room
 * @param {Block} block
 * @param {string} code
 * @param {string | undefined} shown
 */
async function runBlock(room, block, code, shown) {
  const { language, note } = block;
  const name = `${block.paper.replaceAll(/[/.]/g, "-")}-${block.line}`;
  const identity = note.identity && (await identify(room.emulator, note.identity));
  const env = { ...room.emulator.environment(), ...(identity || {}), ...note.env };
  if (language === "html") {
    write("public/index.html", code);
    await room.browser.visit(`${room.siteUrl}/`, note.shows);
  } else if (note.page) {
    const entry = write(`${name}.mjs`, code);
    await bundle(entry, join(PROJECT, "public/app.js"));
    write(
      "public/index.html",
      `<!doctype html><button>Swap</button><output></output><script type="module" src="/app.js"></script>`,
    );
    await room.browser.visit(`${room.siteUrl}/`, note.shows);
  } else if (SCRIPTS.includes(language)) {
    const js = language === "ts" ? (await transform(code, { loader: "ts" })).code : code;
    const file = write(`${name}.${language === "cjs" ? "cjs" : "mjs"}`, js);
    if (note.background) {
      write(`${name}.mjs`, js.replaceAll("8080", String(await freePort())));
      return keep(room, start(process.execPath, [...LEAD, file], env), note.background);
    }
    await end(start(process.execPath, [...LEAD, file], env), note.exit ?? 0, shown);
  } else if (["sh", "bash", "shell"].includes(language)) {
    await runShell(room, block, code, env, shown);
  } else {
    throw new Error(`nothing here runs ${language}: give it a note, \`same\` or \`skip\``);
  }
}

/**
 * @param {ReturnType<typeof start>} child
 * @param {number} exit
 * @param {string | undefined} shown
 */
async function end(child, exit, shown) {
  const code = await child.ended;
  const { text, errors } = /** @type {any} */ (child);
  assert.equal(code, exit, `exit code; it printed:\n${text}${errors}`);
  if (shown !== undefined) assertPrinted(text, shown);
}

/**
 * @param {Room} room
 * @param {ReturnType<typeof start>} child
 * @param {string} ready
 */
async function keep(room, child, ready) {
  running.add(child);
  for (let turn = 0; turn < 100 && !child.text.includes(ready); turn++) {
    if (child.exitCode !== null) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const { text, errors } = /** @type {any} */ (child);
  assert.ok(text.includes(ready), `it does not say "${ready}":\n${text}${errors}`);
  const address = /http:\/\/[\w.[\]:]+/.exec(text);
  if (address) room.site.backEnd = address[0];
}

/** The project's own commands that are run as they stand, and what each says when it has done its work. */
const OURS = new Map([
  ["cargo xtask build", "pkg/"],
  ["cargo xtask demo", "Swapped, seen in the roles"],
  ["cargo xtask site", "target/site/index.html"],
]);
/** This one goes on: the console is at the address that it says. */
const SERVES = "cargo xtask demo --serve";

/**
 * Other commands of the project (tests, benchmarks) are checked as far as their arguments, since they are what runs this.
 * All that is not the project's is run in a project of its own, with the packed package in place of the published one.
 * @param {Room} room
 * @param {Block} block
 * @param {string} code
 * @param {NodeJS.ProcessEnv} env
 * @param {string | undefined} shown
 */
async function runShell(room, block, code, env, shown) {
  const isOurs = (/** @type {string} */ line) => line.startsWith("cargo xtask ");
  const lines = code.split("\n");
  for (const line of lines.filter(isOurs)) await tryXtask(line);
  const rest = lines.filter((line) => !isOurs(line)).join("\n");
  if (rest.trim() === "") return;
  const script = rest
    .replaceAll("npm install ./pkg", `npm install --offline --silent ${room.tarball}`)
    .replaceAll("npx ./pkg ", "npx huaweicloud-dcs ");
  await end(start("bash", ["-euo", "pipefail", "-c", script], env), block.note.exit ?? 0, shown);
}

/** @param {string} line */
async function tryXtask(line) {
  const command = (line.split("#")[0] ?? "").trim();
  const words = command.split(/\s+/).slice(1);
  if (command === SERVES) return serves(words);
  const says = OURS.get(command);
  const child = start("cargo", says ? words : [...words, "--help"], process.env, ROOT);
  await end(child, 0, undefined);
  const wanted = says ?? "Usage: cargo xtask ";
  assert.ok(child.text.includes(wanted), `\`${line}\`: ${child.text.slice(0, 300)}`);
}

/** Starts the console, opens its page, and ends it as Ctrl-C does. @param {string[]} words */
async function serves(words) {
  const child = start("cargo", words, process.env, ROOT);
  let address;
  while (!address && child.exitCode === null) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    address = /^The console: (http:\S+)/m.exec(child.text)?.[1];
  }
  assert.ok(address, `it does not say where the console is:\n${child.text}`);
  const page = await fetch(address);
  assert.match(await page.text(), /<title>DCS Switchover Console/);
  child.kill("SIGINT");
  await child.ended;
}

/** Clears what an earlier sample served. */
export function clearSite() {
  rmSync(join(PROJECT, "public"), { recursive: true, force: true });
  mkdirSync(join(PROJECT, "public"), { recursive: true });
  assert.ok(existsSync(join(PROJECT, "node_modules/huaweicloud-dcs/package.json")));
}
