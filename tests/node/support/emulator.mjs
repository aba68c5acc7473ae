// @ts-check
// The emulator that DCS_EMULATOR_URL names: its admin addresses, and keys and instances of a test's own, so that no
// test's failure locks or swaps what another one uses.

import { Emulator, newAccessKeyId } from "../../support/emulator.mjs";

export { newAccessKeyId };

/** @typedef {import("../../support/types.d.ts").Key} Key */
/** @typedef {import("../../support/types.d.ts").Match} Match */
/** @typedef {import("../../support/types.d.ts").NewInstance} NewInstance */

const emulator = new Emulator(process.env.DCS_EMULATOR_URL ?? "http://127.0.0.1:47811");

export const { url } = emulator;

/** The secret key of every test: what they print is searched for it afterwards. */
export const SECRET = "MARKER-SK-9f27c1d4e8b3a605";

export const config = await emulator.config();
export const projectId = config.project_id;
export const region = config.region;

/**
 * Registers an access key with the marker as its secret, or a secret that begins with it.
 * @param {{ sk?: string, securityToken?: string, readOnly?: boolean, denied?: string[], expiresInMs?: number }} [more]
 */
export const newKey = (more = {}) =>
  emulator.register({ ...more, ak: newAccessKeyId(), sk: more.sk ?? SECRET });

export const newToken = () => emulator.newToken();

/** Makes an instance; its jobs take 40 ms unless told otherwise. @param {NewInstance} [wanted] */
export const newInstance = (wanted = {}) => emulator.newInstance({ job_ms: 40, ...wanted });

/**
 * Arms a fault, of which a table of tests may know no more than that it has a kind; the emulator checks it.
 * @param {Match} match
 * @param {{ kind: string, [field: string]: unknown }} fault
 * @param {{ times?: number, skip?: number }} [more]
 */
export const arm = (match, fault, more) =>
  emulator.ask("POST", "faults", { match, fault, ...more });

export const disarm = () => emulator.disarm();

/** @param {number} offsetMs */
export const setClock = (offsetMs) => emulator.setClock(offsetMs);

/** @param {{ id: string, name: string }[] | null} projects */
export const setProjects = (projects) => emulator.setProjects(projects);

/** @param {{ mode?: string, expires_in_ms?: number, fresh?: boolean }} metadata */
export const setMetadata = (metadata) => emulator.setMetadata(metadata);

/** @param {number} [requests] */
export const state = (requests) => emulator.state(requests);

/** What came of the swaps of an instance, once its jobs are over. @param {string} instanceId */
export const counters = (instanceId) => emulator.counters(instanceId);

/** The master once its jobs are over. @param {string} instanceId */
export const master = (instanceId) => emulator.master(instanceId);

/** How often IAM was asked for projects, by anyone. */
export const lookUps = () => emulator.asked("KeystoneListProjects");

/** What arrived with an access key, oldest first. @param {string} accessKey @returns {Promise<any[]>} */
export const requestsOf = (accessKey) => emulator.requestsOf(accessKey);

/** What arrived about an instance, oldest first. @param {string} instanceId @returns {Promise<any[]>} */
export const requestsFor = (instanceId) => emulator.requestsFor(instanceId);

/**
 * Options of a call about an instance of its own, with a key of its own.
 * @param {NewInstance} [overrides] of the instance
 */
export async function target(overrides) {
  const [credentials, instanceId] = await Promise.all([newKey(), newInstance(overrides)]);
  return { endpoint: url, projectId, credentials, instanceId };
}
