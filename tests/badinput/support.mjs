// @ts-check
// Tries a value in a place, and what must hold afterwards.

import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { inspect } from "node:util";
import * as dcs from "huaweicloud-dcs";
import {
  INSTANCE_ID,
  PROJECT_ID,
  accepted,
  instance,
  instances,
  service,
} from "../support/responses.mjs";
import { hurting, thrown } from "./values.mjs";

export const SK = "MARKER-SK-9f27c1d4e8b3a605";
export const key = Object.freeze({ ak: "AK", sk: SK });
export const instanceId = INSTANCE_ID;
export const projectId = PROJECT_ID;

/** A service that answers well, in this process: what is tried here must not lock a key or swap anything. */
export const goodService = service({
  ChangeMasterStandbyAsync: accepted(projectId),
  ShowInstance: instance({ status: "RESTARTING" }),
  ListGroupReplicationInfo: { group_list: [] },
  ListInstances: instances([]),
});

/** @type {import("huaweicloud-dcs").ClientOptions} */
export const client = Object.freeze({
  region: "cn-north-4",
  projectId,
  credentials: key,
  fetch: goodService,
  retry: false,
  timeoutMs: 2000,
});

/** A request whose signature is known. */
const good = Object.freeze({
  method: "GET",
  url: "https://dcs.cn-north-4.myhuaweicloud.com/v2/p/instances?limit=1",
  date: "20240131T235959Z",
  credentials: key,
});
const goodSignature = dcs.signRequest(good).headers.Authorization;
assert.match(
  String(goodSignature),
  /^SDK-HMAC-SHA256 Access=AK, SignedHeaders=host;x-sdk-date, Sig/,
);

/** The instance still works: the same request gives the same signature. */
export const stillSigns = () =>
  assert.equal(dcs.signRequest(good).headers.Authorization, goodSignature);

/** ... and a whole call does. */
export async function stillCalls() {
  const answer = await dcs.changeMasterStandbyAsync({ ...client, instanceId });
  assert.equal(answer.job_id, projectId);
}

/**
 * What comes of a use: nothing bad, or an error of this package.
 * @param {() => unknown} use
 * @returns {Promise<{ value: unknown } | { error: unknown }>}
 */
async function outcome(use) {
  try {
    const made = use();
    if (!(made instanceof Promise)) return { value: made };
    const controller = new AbortController();
    const late = sleep(3000, pending, { signal: controller.signal });
    late.catch(() => {});
    const value = await Promise.race([made, late]);
    controller.abort();
    return { value };
  } catch (error) {
    return { error };
  }
}

const pending = Symbol("neither resolved nor rejected");

/** How many values were tried. */
export let tried = 0;

/**
 * Tries every value in a place. Each is refused with a DcsError, but those that `allowed` names; `passesOn` names those
 * for which the caller's own thrown value comes back (an abort's reason), `pending` those that are waited for.
 * @param {string} place
 * @param {(value: any) => unknown} use
 * @param {{ allowed?: string[], passesOn?: string[], pending?: string[] }} [exceptions]
 */
export async function tryAll(
  place,
  use,
  { allowed = [], passesOn = [], pending: waits = [] } = {},
) {
  const wrong = [];
  const wantedOf = (/** @type {string} */ name) => {
    if (allowed.includes(name)) return "ok";
    if (passesOn.includes(name)) return "passed on";
    return waits.includes(name) ? "pending" : "DcsError";
  };
  for (const [name, make] of Object.entries(hurting)) {
    const result = await outcome(() => use(make()));
    tried += 1;
    const is = describe(result);
    const wanted = wantedOf(name);
    if (is !== wanted) wrong.push(`${name}: ${is}, not ${wanted}`);
    stillSigns();
  }
  assert.deepEqual(wrong, [], place);
  await stillCalls();
  assert.equal(/** @type {any} */ ({}).polluted, undefined);
}

/** @param {{ value: unknown } | { error: unknown }} result */
function describe(result) {
  if (!("error" in result)) return result.value === pending ? "pending" : "ok";
  const { error } = result;
  if (error === thrown) return "passed on";
  if (!(error instanceof dcs.DcsError)) return `thrown: ${safe(error)}`;
  assert.ok(error.message.length < 4000, `a message of ${error.message.length} characters`);
  const seen = `${error.message} ${error.stack} ${JSON.stringify(error)}`;
  assert.ok(!seen.includes(SK), "the secret key in an error");
  return "DcsError";
}

/** @param {unknown} error */
function safe(error) {
  try {
    return inspect(error, { depth: 0, breakLength: Infinity }).slice(0, 160);
  } catch {
    return "what cannot be shown";
  }
}
