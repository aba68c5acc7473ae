// @ts-check
// Speed beside that of peers, in one run and in alternating rounds. Started by `cargo xtask bench`.
//
// Nothing here fails for being slow: a machine that others use says little in one run.
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { measure, table } from "./rounds.mjs";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const ROOT = fileURLToPath(new URL("..", import.meta.url));

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "60" },
    only: { type: "string", multiple: true },
  },
});
const rounds = Number(values.rounds);
const wanted = (/** @type {string} */ part) => values.only?.includes(part) ?? true;

/** The peers of npm, as locked; kept while the lock stays. */
function installPeers() {
  const lock = readFileSync(`${HERE}package-lock.json`, "utf8");
  const mark = `${HERE}node_modules/.lock-of-benches`;
  if (existsSync(mark) && readFileSync(mark, "utf8") === lock) return;
  console.log("installing the peers");
  execFileSync("npm", ["ci", "--silent"], { cwd: HERE, stdio: "inherit" });
  writeFileSync(mark, lock);
}

/** A Python that has the official core, as the peers' tests install it. */
function python() {
  const venv = `${ROOT}target/peers/python/venv`;
  const program = `${venv}/bin/python`;
  if (existsSync(`${ROOT}target/peers/python/installed.txt`)) return program;
  mkdirSync(venv, { recursive: true });
  execFileSync("python3", ["-m", "venv", venv]);
  const requirements = `${ROOT}tests/peers/python/requirements.txt`;
  const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
  execFileSync(program, [...pip, "-r", requirements], { stdio: "inherit" });
  writeFileSync(`${ROOT}target/peers/python/installed.txt`, readFileSync(requirements, "utf8"));
  return program;
}

/** @param {string} title @param {Record<string, number[]>} figures @param {string} unit */
function print(title, figures, unit) {
  console.log(`\n${title}`);
  for (const line of table(figures, unit)) console.log(line);
}

async function signing() {
  const { CASES, checkAgreement, contenders } = await import("./signers.mjs");
  const all = await contenders();
  await checkAgreement(all);
  for (const one of CASES) {
    /** @type {Record<string, import("./rounds.mjs").Task>} */
    const tasks = {};
    for (const [name, contender] of Object.entries(all)) tasks[name] = contender(one);
    const core = one.body === undefined ? await startPython() : undefined;
    if (core) tasks["official Python core"] = core;
    print(`Signing ${one.name} (processor time)`, await measure(tasks, rounds), "µs");
    core?.end();
  }
}

/** The official Python core, in a process of its own. */
async function startPython() {
  const child = spawn(python(), [`${HERE}core.py`], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => String((await lines.next()).value);
  if ((await next()) !== "ready") throw new Error("the Python core did not start");
  return {
    async elsewhere(/** @type {number} */ calls) {
      child.stdin.write(`${calls}\n`);
      return Number(await next());
    },
    end: () => child.stdin.end(),
  };
}

/** @param {string} script @param {string[]} flags @param {string} contender */
const inProcess = (script, flags, contender) =>
  execFileSync(process.execPath, [...flags, HERE + script, contender], { encoding: "utf8" });

function cold() {
  const names = {
    ours: "ours",
    signer: "ours, /signer",
    crypto: "node:crypto by hand",
    core: "official Node core",
    aws4fetch: "aws4fetch (AWS SigV4)",
  };
  /** @type {Record<string, number[]>} */
  const figures = {};
  for (let round = 0; round < Math.ceil(rounds / 3); round += 1) {
    for (const [contender, name] of Object.entries(names)) {
      (figures[name] ??= []).push(Number(inProcess("cold.mjs", [], contender)));
    }
  }
  print("Cold process: import to first signature", figures, "ms");
}

function memory() {
  /** @type {Record<string, number[]>[]} */
  const [clients = {}, processes = {}] = [{}, {}];
  for (let round = 0; round < Math.ceil(rounds / 10); round += 1) {
    for (const [contender, name] of Object.entries({ ours: "ours", core: "official Node core" })) {
      const figures = JSON.parse(inProcess("memory.mjs", ["--expose-gc"], contender));
      (clients[name] ??= []).push(figures.client / 1024);
      (processes[name] ??= []).push(figures.process / 1024 / 1024);
    }
  }
  print("Memory: each idle client of 2,000", clients, "KiB");
  print("Memory: the process with one client", processes, "MiB");
}

async function calls() {
  const url = process.env.DCS_EMULATOR_URL;
  if (!url) throw new Error("DCS_EMULATOR_URL is not set: start this with `cargo xtask bench`");
  const { measureCalls } = await import("./calls.mjs");
  const figures = await measureCalls(url, Math.ceil(rounds / 2));
  print("1,000 concurrent calls to the emulator (processor time)", figures, "ms");
}

installPeers();
console.log(`Node ${process.version}, ${rounds} rounds; median (quartiles)`);
if (wanted("sign")) await signing();
if (wanted("cold")) cold();
if (wanted("memory")) memory();
if (wanted("calls")) await calls();
