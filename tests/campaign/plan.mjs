// @ts-check
// What happens to switchover number K of a campaign: a function of the seed and K alone.
//
// Every kind of fault of the emulator occurs. Three lies are left out, because no client could see through them: a
// refusal (4xx but 408) of a swap that ran, a well-formed answer that tells wrong roles or a wrong end of a job, and
// roles that change only after the time that the caller gave for it.
import { Random } from "./random.mjs";

/** @typedef {{ operation: string, times: number, skip: number, fault: Record<string, unknown> & { kind: string } }} Fault */

/**
 * @typedef {object} Plan
 * @property {number} index
 * @property {number} jobMs
 * @property {boolean} projectKnown Else it is looked up through IAM.
 * @property {boolean} temporary A temporary access key.
 * @property {"SDK-HMAC-SHA256" | "SDK-HMAC-SM3" | "V11-HMAC-SHA256"} algorithm
 * @property {number} skewMs How wrong the client's clock is.
 * @property {number | undefined} abortAfterMs
 * @property {number} timeoutMs
 * @property {import("huaweicloud-dcs").RetryOptions | false} retry
 * @property {number} followTimeoutMs
 * @property {number} verifyTimeoutMs
 * @property {Fault[]} faults
 */

/** The key that signs. Searched for in all output: it must be nowhere. */
export const SECRET = "MARKER-SK-9f27c1d4e8b3a605";
export const SWAP = "ChangeMasterStandbyAsync";
const READS = ["ShowInstance", "ListGroupReplicationInfo", "ShowJobInfo"];

/** For one attempt. Long, so that a busy machine is not taken for a fault. */
const TIMEOUT_MS = 1000;
const VERIFY_MS = 900;
/** Jobs and late roles end within this, well before VERIFY_MS is over. */
const LATEST_MS = 200;
const CLOCK_MS = 20 * 60 * 1000;

/** How many switchovers share one emulator state, and one setting of its clock. */
export const SEGMENT = 40;

/**
 * How wrong the emulator's clock is while a segment runs: the fault `clock` is for all requests at once.
 * @param {number} seed @param {number} segment
 */
export function clockOf(seed, segment) {
  return new Random(seed, -2 - segment).pick([0, 0, 0, CLOCK_MS, -CLOCK_MS]);
}

/**
 * @param {number} seed @param {number} index
 * @returns {Plan}
 */
export function planOf(seed, index) {
  const random = new Random(seed, index);
  const projectKnown = random.chance(0.7);
  return {
    index,
    projectKnown,
    jobMs: random.whole(0, LATEST_MS),
    temporary: random.chance(0.2),
    algorithm: random.pick([
      "SDK-HMAC-SHA256",
      "SDK-HMAC-SHA256",
      "SDK-HMAC-SM3",
      "V11-HMAC-SHA256",
    ]),
    skewMs: random.pick([0, 0, 0, 0, 0, 0, CLOCK_MS, -CLOCK_MS]),
    abortAfterMs: random.chance(0.06) ? random.whole(0, 400) : undefined,
    timeoutMs: TIMEOUT_MS,
    retry: random.chance(0.25)
      ? false
      : { maxAttempts: random.whole(1, 4), baseDelayMs: 5, maxDelayMs: 40 },
    followTimeoutMs: random.whole(300, 1200),
    verifyTimeoutMs: VERIFY_MS,
    faults: Array.from({ length: random.whole(0, 4) }, () => faultOf(random, projectKnown)),
  };
}

/**
 * @param {Random} random @param {boolean} projectKnown
 * @returns {Fault}
 */
function faultOf(random, projectKnown) {
  const operation = random.chance(0.5)
    ? SWAP
    : !projectKnown && random.chance(0.2)
      ? "KeystoneListProjects"
      : random.pick(READS);
  const swap = operation === SWAP;
  const kinds = swap ? [...Object.keys(KINDS), ...Object.keys(SWAP_KINDS)] : Object.keys(KINDS);
  const kind = random.pick(kinds);
  const make = KINDS[kind] ?? SWAP_KINDS[kind];
  return {
    operation,
    // A few that last: the operation then never works again.
    times: random.chance(0.12) ? 1000 : random.whole(1, 3),
    skip: swap ? 0 : random.pick([0, 0, 1, 1, 2, 3]),
    fault: { kind, ...make?.(random) },
  };
}

const WHEN = /** @type {const} */ (["before", "after"]);
const BODIES = [{}, [], null, "", "OK", 42, "{", { job_id: "" }, { job_id: 7 }, { group_list: 1 }];
/** A job of nobody: the answer is well formed, and following it leads nowhere. */
const STRAY_JOB = { job_id: "00000000000000000000000000000000" };

/** Fields of each kind beside its name. @type {Record<string, (random: Random) => object>} */
const KINDS = {
  drop_before: () => ({}),
  drop_after: () => ({}),
  delay: (random) => ({
    ms: random.pick([20, 100, 2 * TIMEOUT_MS]),
    when: random.pick(WHEN),
  }),
  status: statusOf,
  cut_body: () => ({}),
  malformed_body: () => ({}),
  wrong_type: (random) =>
    random.pick([{}, { content_type: "text/html" }, { body: random.pick(BODIES) }]),
  body: (random) => ({ body: random.pick([...BODIES, STRAY_JOB]), when: "after" }),
  redirect: (random) => ({
    location: random.pick(["/", "http://127.0.0.1:9/", "https://example.invalid/"]),
    status: random.pick([301, 302, 307, 308]),
  }),
  html: (random) => ({ status: random.pick([200, 403, 502]) }),
  hang: (random) => ({ when: random.pick(WHEN) }),
  gateway_refused: (random) => ({ retry_after: random.pick([0, 0, 1, "soon"]) }),
  endless_body: (random) => ({ status: random.pick([200, 500]) }),
  slow_bytes: (random) => ({ ms_per_byte: random.pick([1, 100]) }),
  huge_body: (random) => ({ bytes: 3_000_000, status: random.pick([200, 503]) }),
  header_flood: (random) => ({ count: random.pick([50, 2000]) }),
  duplicate_keys: () => ({}),
  no_content: () => ({}),
  informational_1xx: (random) => ({ count: random.whole(1, 3) }),
  // Means something in a browser only.
  no_cors: (random) => ({ preflight: random.chance(0.5) }),
};

/** Kinds that bend the job of a swap. @type {Record<string, (random: Random) => object>} */
const SWAP_KINDS = {
  job_fail: () => ({}),
  job_hang: () => ({}),
  roles_stuck: () => ({}),
  roles_late: (random) => ({ ms: random.whole(20, LATEST_MS) }),
};

/** @param {Random} random */
function statusOf(random) {
  const when = random.pick(WHEN);
  const shape = random.pick(["service", "gateway"]);
  if (when === "after") return { status: random.pick([408, 500, 502, 503, 504]), when, shape };
  const status = random.pick([400, 401, 403, 404, 408, 409, 429, 500, 502, 503, 504]);
  return { status, when, shape, ...(random.chance(0.3) && { retry_after: random.pick([0, 1]) }) };
}
