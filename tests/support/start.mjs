// @ts-check
// An emulator of a test's own, on a free port.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Emulator } from "./emulator.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Where the task left the program; the usual place when it said nothing. */
const program = () =>
  process.env.DCS_EMULATOR_PROGRAM ??
  `${process.env.CARGO_TARGET_DIR ?? `${root}target`}/debug/dcs-emulator`;

/**
 * Starts an emulator; `end()` ends it.
 * @param {string[]} [args]
 * @returns {Promise<Emulator & { end: () => Promise<void> }>}
 */
export async function startEmulator(args = []) {
  const child = spawn(program(), args, { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await Promise.race([
    once(createInterface({ input: child.stdout }), "line"),
    once(child, "error").then(([error]) => Promise.reject(error)),
    once(child, "exit").then(() => Promise.reject(new Error("the emulator ended at once"))),
  ]);
  const url = String(line).replace("DCS emulator ready: ", "").trim();
  return Object.assign(new Emulator(url), {
    async end() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.kill();
      await ended;
    },
  });
}
