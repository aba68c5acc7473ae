// @ts-check
// Runs the command against the emulator, with an instance and a key of its own for each test.
import { spawn } from "node:child_process";
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

/**
 * @param {string[]} args
 * @param {{ env?: Record<string, string>, onErr?: (text: string, child: import("node:child_process").ChildProcess) => void }} [how]
 * @returns {Promise<Ended>}
 */
export async function run(args, { env, onErr } = {}) {
  const { PATH = "" } = process.env;
  const child = spawn(process.execPath, [CLI, ...args], {
    // Nothing of this machine's own: no profile file, no other variables.
    env: { PATH, HOME: "/nonexistent", ...(env ?? (await newKey())) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  return ended(child, onErr);
}

/**
 * The same on a terminal, which answers with a line.
 * @param {string[]} args @param {string} answer
 */
export async function runOnTerminal(args, answer) {
  const command = [process.execPath, CLI, ...args].map((word) => `'${word}'`).join(" ");
  const child = spawn("script", ["--quiet", "--return", "--command", command, "/dev/null"], {
    env: { PATH: process.env.PATH ?? "", HOME: "/nonexistent", TERM: "xterm", ...(await newKey()) },
    stdio: ["pipe", "pipe", "pipe"],
  });
  let asked = false;
  return ended(child, undefined, (text) => {
    if (asked || !text.includes("[y/N]")) return;
    asked = true;
    child.stdin?.write(`${answer}\n`);
  });
}

/**
 * @param {import("node:child_process").ChildProcess} child
 * @param {((text: string, child: import("node:child_process").ChildProcess) => void) | undefined} onErr
 * @param {(text: string) => void} [onOut]
 * @returns {Promise<Ended>}
 */
function ended(child, onErr, onOut) {
  let [out, err] = ["", ""];
  child.stdout?.setEncoding("utf8").on("data", (text) => {
    out += text;
    onOut?.(out);
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
