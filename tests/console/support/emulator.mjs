// @ts-check
// The emulator that a test talks to: one of its own, serving the built console.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** Where the task left the program; a usual place when it said nothing. */
const program = () =>
  process.env.DCS_EMULATOR_PROGRAM ??
  `${process.env.CARGO_TARGET_DIR ?? `${root}target`}/debug/dcs-emulator`;

/**
 * @typedef {object} Emulator
 * @property {string} url
 * @property {(path: string, body?: unknown) => Promise<any>} admin `GET`, or `POST` with a body.
 * @property {(operation: string, fault: Record<string, unknown>, more?: Record<string, unknown>) => Promise<void>} fault
 * @property {(id: string) => Promise<{ swaps_run: number, swap_requests: number, master: string }>} truth
 * @property {() => Promise<void>} end
 */

/**
 * Starts an emulator that serves the console.
 * @param {string[]} [args]
 * @returns {Promise<Emulator>}
 */
export async function startEmulator(args = []) {
  const child = spawn(program(), ["--www", `${root}www/dist`, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = await Promise.race([
    once(createInterface({ input: child.stdout }), "line"),
    once(child, "error").then(([error]) => Promise.reject(error)),
    once(child, "exit").then(() => Promise.reject(new Error("the emulator ended at once"))),
  ]);
  const url = String(line).replace("DCS emulator ready: ", "").trim();
  /** @type {Emulator["admin"]} */
  const admin = async (path, body) => {
    const response = await fetch(`${url}/_emulator/${path}`, {
      method: body === undefined ? "GET" : "POST",
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  return {
    url,
    admin,
    async fault(operation, fault, more) {
      await admin("faults", { match: { operation }, times: 1, fault, ...more });
    },
    async truth(id) {
      const { instances } = await admin("state");
      const { counters, nodes } = instances[id];
      const master = nodes.find((/** @type {any} */ node) => node.role === "master").node_id;
      return { ...counters, master };
    },
    async end() {
      const ended = once(child, "exit");
      child.kill();
      await ended;
    },
  };
}

/** The id of the n-th instance of the emulator, counted from one. @param {number} n */
export const instanceId = (n) => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
