// @ts-check
// Processes that run tests/journal/support/worker.mjs.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const WORKER = fileURLToPath(new URL("worker.mjs", import.meta.url));

/**
 * @param {import("../../transport/runtimes.mjs").Runtime} runtime
 * @param {string[]} args
 * @param {import("node:child_process").SpawnOptions} [options]
 */
export function start(runtime, args, options) {
  const child = spawn(runtime.program, [...runtime.flags, WORKER, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    ...options,
  });
  let [stdout, stderr] = ["", ""];
  child.stdout?.on("data", (text) => (stdout += text));
  child.stderr?.on("data", (text) => (stderr += text));
  const ended = once(child, "close").then(([code, signal]) => {
    // A line may have been cut by the end.
    const lines = stdout.split("\n").slice(0, -1);
    return { code, signal, stderr, told: lines.map((line) => JSON.parse(line)) };
  });
  return { child, ended };
}
