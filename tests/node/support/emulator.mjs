// @ts-check
// The emulator that DCS_EMULATOR_URL names: its admin addresses, and keys and instances of a test's own, so that no
// test's failure locks or swaps what another one uses.

import { randomBytes, randomUUID } from "node:crypto";

/** @typedef {{ ak: string, sk: string, securityToken?: string }} Key */
/** @typedef {{ operation?: string, instance_id?: string, access_key?: string }} Match */

export const url = process.env.DCS_EMULATOR_URL ?? "http://127.0.0.1:47811";

/** The secret key of every test: what they print is searched for it afterwards. */
export const SECRET = "MARKER-SK-9f27c1d4e8b3a605";

/**
 * @param {string} method
 * @param {string} path
 * @param {unknown} [body]
 */
async function admin(method, path, body) {
  const response = await fetch(`${url}/_emulator/${path}`, {
    method,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const answer = /** @type {any} */ (await response.json());
  if (!response.ok) throw new Error(`the emulator refused ${path}: ${answer.error}`);
  return answer;
}

export const config = await admin("GET", "config");
export const projectId = /** @type {string} */ (config.project_id);
export const region = /** @type {string} */ (config.region);

export const newAccessKeyId = () => `TEST${randomBytes(8).toString("hex").toUpperCase()}`;

/**
 * Registers an access key with the marker as its secret, or a secret that begins with it.
 * @param {{ sk?: string, securityToken?: string, readOnly?: boolean, expiresInMs?: number }} [more]
 * @returns {Promise<Key>}
 */
export async function newKey(more = {}) {
  const key = { ak: newAccessKeyId(), sk: more.sk ?? SECRET };
  await admin("POST", "credentials", { ...more, ...key });
  return more.securityToken === undefined ? key : { ...key, securityToken: more.securityToken };
}

export async function newToken() {
  const token = `token-${randomUUID()}`;
  await admin("POST", "credentials", { token });
  return token;
}

/**
 * Makes an instance; its jobs take 40 ms unless told otherwise.
 * @param {Record<string, unknown>} [overrides]
 * @returns {Promise<string>}
 */
export async function newInstance(overrides = {}) {
  return (await admin("POST", "instances", { job_ms: 40, ...overrides })).instance_id;
}

/**
 * Arms a fault.
 * @param {Match} match
 * @param {{ kind: string, [field: string]: unknown }} fault
 * @param {{ times?: number, skip?: number }} [more]
 */
export const arm = (match, fault, more = {}) => admin("POST", "faults", { match, fault, ...more });

export const disarm = () => admin("DELETE", "faults");

/** @param {number} offsetMs */
export const setClock = (offsetMs) =>
  admin("POST", "faults", { fault: { kind: "clock", offset_ms: offsetMs } });

/** @param {{ id: string, name: string }[] | null} projects */
export const setProjects = (projects) => admin("POST", "projects", { projects });

/** @param {{ mode?: string, expires_in_ms?: number }} metadata */
export const setMetadata = (metadata) => admin("POST", "metadata", metadata);

/** @param {number} [requests] */
export const state = (requests = 0) => admin("GET", `state?requests=${requests}`);

/**
 * What came of the swaps of an instance, once its jobs are over: one that is answered may not yet have run.
 * @param {string} instanceId
 * @returns {Promise<{ swap_requests: number, swaps_run: number, swaps_refused: number }>}
 */
export async function counters(instanceId) {
  for (let tries = 0; ; tries++) {
    const { jobs, counters: counted } = (await state()).instances[instanceId];
    if (tries === 40 || jobs.every((/** @type {any} */ job) => job.end_time)) return counted;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** The master once its jobs are over. @param {string} instanceId */
export async function master(instanceId) {
  await counters(instanceId);
  const { nodes } = (await state()).instances[instanceId];
  return /** @type {string} */ (
    nodes.find((/** @type {any} */ node) => node.role === "master").node_id
  );
}

/** How often IAM was asked for projects, by anyone. */
export const lookUps = async () =>
  /** @type {number} */ ((await state()).counters.operations.KeystoneListProjects ?? 0);

/**
 * What arrived with an access key, oldest first.
 * @param {string} accessKey
 * @returns {Promise<any[]>}
 */
export const requestsOf = async (accessKey) =>
  (await state(1000)).requests.filter(
    (/** @type {any} */ request) => request.access_key === accessKey,
  );

/**
 * What arrived about an instance, oldest first.
 * @param {string} instanceId
 * @returns {Promise<any[]>}
 */
export const requestsFor = async (instanceId) =>
  (await state(1000)).requests.filter(
    (/** @type {any} */ request) => request.instance_id === instanceId,
  );

/**
 * Options of a call about an instance of its own, with a key of its own.
 * @param {Record<string, unknown>} [overrides] of the instance
 */
export async function target(overrides) {
  const [credentials, instanceId] = await Promise.all([newKey(), newInstance(overrides)]);
  return { endpoint: url, projectId, credentials, instanceId };
}
