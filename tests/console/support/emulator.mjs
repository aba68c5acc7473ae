// @ts-check
// The emulator that a test talks to: one of its own, serving the built console.
import { fileURLToPath } from "node:url";
import { startEmulator as start } from "../../support/start.mjs";

export { instanceId } from "../../support/emulator.mjs";

const console = fileURLToPath(new URL("../../../www/dist", import.meta.url));

/** @typedef {Awaited<ReturnType<typeof startEmulator>>} Emulator */

/**
 * Starts an emulator that serves the console.
 * @param {string[]} [args]
 */
export async function startEmulator(args = []) {
  const emulator = await start(["--www", console, ...args]);
  return {
    url: emulator.url,
    end: () => emulator.end(),
    /** `GET`, or `POST` with a body. @param {string} path @param {unknown} [body] */
    admin: (path, body) => emulator.ask(body === undefined ? "GET" : "POST", path, body),
    /**
     * @param {string} operation
     * @param {{ kind: string, [field: string]: unknown }} fault The emulator checks it.
     * @param {{ times?: number, skip?: number }} [more]
     */
    fault: (operation, fault, more) =>
      emulator.ask("POST", "faults", { match: { operation }, fault, ...more }),
    /** What has come of the swaps by now, and who is the master. @param {string} id */
    async truth(id) {
      const truth = (await emulator.state()).instances[id];
      const master = truth?.nodes.find(({ role }) => role === "master");
      if (!truth || !master) throw new Error(`the emulator has no instance ${id} with a master`);
      return { ...truth.counters, master: master.node_id };
    },
  };
}
