// @ts-check
// Runs the command against the emulator, with an instance and a key of its own for each test.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Emulator } from "../campaign/emulator.mjs";

const url = process.env.DCS_EMULATOR_URL;
if (!url)
  throw new Error("DCS_EMULATOR_URL is not set: start this with `cargo xtask test --only cli`");
const PACKAGE = process.env.DCS_PKG ?? fileURLToPath(new URL("../../pkg", import.meta.url));
const CLI = `${PACKAGE}/cli.mjs`;

export const SECRET = "MARKER-SK-9f27c1d4e8b3a605";
export const emulator = new Emulator(url);
export const config = await emulator.config();

/** @typedef {{ code: number | null, out: string, err: string }} Ended */

let keys = 0;

/** A key of its own, so that no failure locks another's. @param {object} [more] */
export async function newKey(more) {
  const ak = `CLI${process.pid}K${(keys += 1)}`;
  await emulator.ask("POST", "credentials", { ak, sk: SECRET, ...more });
  return { HUAWEICLOUD_SDK_AK: ak, HUAWEICLOUD_SDK_SK: SECRET };
}

/** @param {object} [overrides] @returns {Promise<string>} */
export async function newInstance(overrides) {
  return (await emulator.ask("POST", "instances", { job_ms: 100, ...overrides })).instance_id;
}

/** @param {string} instanceId */
export async function truth(instanceId) {
  const found = (await emulator.state()).instances[instanceId];
  if (!found) throw new Error(`no instance ${instanceId}`);
  return found;
}

/** @param {string} operation @param {string} instanceId @param {object} fault @param {object} [more] */
export function arm(operation, instanceId, fault, more) {
  return emulator.ask("POST", "faults", {
    match: { operation, instance_id: instanceId },
    fault,
    ...more,
  });
}

/** Where the emulator is, as arguments. */
export const WHERE = [
  "--endpoint",
  emulator.url,
  "--iam-endpoint",
  emulator.url,
  "--region",
  config.region,
];
/** Short times for switchovers. */
export const QUICK = [
  "--interval-ms",
  "50",
  "--verify-timeout-ms",
  "400",
  "--follow-timeout-ms",
  "600",
];

/** Where a test's command keeps its journal; nothing of this machine's own. */
const home = mkdtempSync(join(tmpdir(), "dcs-cli-"));
process.on("exit", () => rmSync(home, { recursive: true, force: true }));

/** @param {Record<string, string> | undefined} env */
async function environment(env) {
  const { PATH = "" } = process.env;
  // No profile file, no other variables.
  return { PATH, HOME: home, ...(env ?? (await newKey())) };
}

/**
 * @typedef {object} How
 * @property {Record<string, string>} [env] Instead of those of a key.
 * @property {Record<string, string>} [more] Beside them.
 * @property {string} [node] Another Node.
 * @property {string} [cwd] The folder it is started in.
 * @property {string} [input]
 * @property {(child: import("node:child_process").ChildProcess) => void} [onStart]
 * @property {(text: string, child: import("node:child_process").ChildProcess) => void} [onErr]
 * @property {(text: string, child: import("node:child_process").ChildProcess) => void} [onOut]
 */

/**
 * @param {string[]} args
 * @param {How} [how]
 * @returns {Promise<Ended>}
 */
export async function run(args, how = {}) {
  const { env, more, node = process.execPath, cwd, input, onStart, onErr, onOut } = how;
  const child = spawn(node, [CLI, ...args], {
    env: { ...(await environment(env)), ...more },
    ...(cwd !== undefined && { cwd }),
    stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
  });
  child.stdin?.end(input);
  onStart?.(child);
  return ended(child, onErr, onOut);
}

/**
 * The same by a shell, where `$DCS` is the command.
 * @param {string} script @param {{ env?: Record<string, string> }} [how]
 */
export async function runInShell(script, { env } = {}) {
  const dcs = `${process.execPath} ${CLI}`;
  const child = spawn("bash", ["-c", script], {
    env: { ...(await environment(env)), DCS: dcs },
    stdio: ["ignore", "pipe", "pipe"],
  });
  return ended(child);
}

/**
 * @typedef {object} Step
 * @property {string} see A regular expression.
 * @property {string} [type]
 * @property {true} [hangup]
 * @property {string[]} [after] Another command, which is run before.
 * @property {number} [after_ms] A wait before, after that.
 */

/**
 * On a terminal of its own: each step waits until it sees something, then types, or hangs up.
 * @param {string[]} args
 * @param {Step[]} steps
 * @param {Record<string, string>} [more] Variables.
 */
export async function onTerminal(args, steps, more) {
  const script = fileURLToPath(new URL("terminal.py", import.meta.url));
  const told = steps.map(({ after, ...step }) => ({
    ...step,
    ...(after && { after: [process.execPath, CLI, ...after] }),
  }));
  const child = spawn("python3", [script, JSON.stringify(told), process.execPath, CLI, ...args], {
    env: { ...(await environment(undefined)), TERM: "xterm", ...more },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const { out, err } = await ended(child);
  if (err) throw new Error(err);
  /** @type {{ code: number, screen: string, steps_left: number }} */
  const { code, screen, steps_left: left } = JSON.parse(out);
  return { code, screen, left };
}

/**
 * @param {import("node:child_process").ChildProcess} child
 * @param {How["onErr"]} [onErr]
 * @param {How["onOut"]} [onOut]
 * @returns {Promise<Ended>}
 */
function ended(child, onErr, onOut) {
  let [out, err] = ["", ""];
  child.stdout?.setEncoding("utf8").on("data", (text) => {
    out += text;
    onOut?.(out, child);
  });
  child.stderr?.setEncoding("utf8").on("data", (text) => {
    err += text;
    onErr?.(err, child);
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      if ((out + err).includes(SECRET)) reject(new Error("the secret was printed"));
      else resolve({ code, out, err });
    });
  });
}
