// @ts-check
// The emulator: an instance of its own for each use, and what truly became of it.

import { Emulator } from "../../support/emulator.mjs";

/** Asked for only when it is used: some of the cases need none. */
const emulator = () => new Emulator(process.env.DCS_EMULATOR_URL);

/** Where it is. */
export const origin = () => emulator().url;

/**
 * What the package is to be used with, on a new instance.
 * @returns {Promise<import("../app/probe.js").Config>}
 */
export async function newConfig() {
  const config = await emulator().config();
  const instanceId = await emulator().newInstance({ job_ms: 100 });
  return {
    url: origin(),
    region: config.region,
    projectId: config.project_id,
    credentials: { ak: config.access_key, sk: config.secret_key },
    instanceId,
  };
}

/**
 * Has a server use the package in one of its routes.
 * @param {string} route
 */
export async function useRoute(route) {
  const config = await newConfig();
  const headers = { "Content-Type": "application/json" };
  const response = await fetch(route, { method: "POST", headers, body: JSON.stringify(config) });
  if (!response.ok) throw new Error(`${route} answered ${response.status}`);
  await verify(config, await response.json());
}

/**
 * Throws unless the package said that all went well, and the emulator knows of one swap.
 * @param {import("../app/probe.js").Config} config
 * @param {any} result
 */
export async function verify({ instanceId }, result) {
  const said = JSON.stringify(result);
  if (result?.job !== "SUCCESS") throw new Error(`the swap did not succeed: ${said}`);
  if (result.signed !== 200) throw new Error(`the signed request was refused: ${said}`);
  const { swap_requests: requests, swaps_run: swaps } = await emulator().counters(instanceId);
  if (requests !== 1 || swaps !== 1) {
    throw new Error(`the emulator had ${requests} requests for the swap and ran ${swaps}`);
  }
}
