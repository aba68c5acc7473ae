// @ts-check
// What happens to the connections of switchover number K: a function of the seed and K alone.
//
// One lie is left out, because nobody could see through it: the list of roles of another instance in place of the first one
// that is read. A list of roles does not say whose it is; a later one is told by its nodes.
import { Random } from "../random.mjs";

export { SECRET } from "../plan.mjs";
export const SWAP = "ChangeMasterStandbyAsync";
export const ROLES = "ListGroupReplicationInfo";
export const TASKS = "ListBackgroundTask";
export const JOB = "ShowJobInfo";
export const INSTANCE = "ShowInstance";

/**
 * @typedef {object} Fault Of the `nth` request of its operation.
 * @property {string} operation
 * @property {number} nth
 * @property {keyof typeof KINDS} kind
 * @property {"reset" | "end"} how How the connection ends, where it does.
 * @property {number} part From 0 to 1: where it is cut.
 * @property {number} ms
 * @property {"first" | "second"} answer Which of two is passed on.
 */

/** What can happen to a request and its answer. */
export const KINDS = {
  "lost on its way": "the connection ends; the service never sees the request",
  "answer lost": "the service answers; the connection ends before a byte of it",
  "head cut": "the connection ends amid the head of the answer",
  "body cut": "the connection ends amid the body of the answer",
  slow: "the answer comes byte by byte",
  late: "the answer comes when nobody waits for it any more",
  "half closed": "the answer comes whole, and nothing else will on this connection",
  "request doubled": "the service sees the request twice",
  "answer doubled": "the answer comes twice on the same connection",
  "answers swapped":
    "the answer is that to the same request of another instance, and the other way round",
};

/** Every one of them strikes a request as often as another. */
const NAMES = /** @type {(keyof typeof KINDS)[]} */ (Object.keys(KINDS));

/** For one attempt; long, so that a busy machine is not taken for a fault. */
export const TIMEOUT_MS = 1500;
const VERIFY_MS = 1500;
/** A job ends within this. */
const LATEST_MS = 200;
/** So long after the first a second copy of a request comes at most. */
const LATEST_COPY_MS = 400;

/**
 * @typedef {object} Plan
 * @property {number} index
 * @property {number} jobMs
 * @property {boolean} temporary
 * @property {import("../plan.mjs").Fault[]} faults The emulator's own.
 * @property {Fault[]} transport
 * @property {number} timeoutMs
 * @property {number} followTimeoutMs
 * @property {number} verifyTimeoutMs
 * @property {{ maxAttempts: number, baseDelayMs: number, maxDelayMs: number }} retry
 */

/** @param {number} seed @param {number} index @returns {Plan} */
export function planOf(seed, index) {
  const random = new Random(seed, index);
  const job = random.pick(["", "", "", "", "", "job_fail", "job_hang"]);
  return {
    index,
    jobMs: random.whole(0, LATEST_MS),
    temporary: false,
    faults: job ? [{ operation: SWAP, times: 1, skip: 0, fault: { kind: job } }] : [],
    transport: Array.from({ length: random.whole(1, 5) }, () => faultOf(random)),
    timeoutMs: TIMEOUT_MS,
    followTimeoutMs: 1500,
    verifyTimeoutMs: VERIFY_MS,
    retry: { maxAttempts: random.whole(1, 4), baseDelayMs: 5, maxDelayMs: 40 },
  };
}

/** @param {Random} random @returns {Fault} */
function faultOf(random) {
  const operation = random.chance(0.5) ? SWAP : random.pick([INSTANCE, ROLES, ROLES, JOB, TASKS]);
  const kind = random.pick(NAMES);
  // The first list of roles is never another's: see above.
  const first = operation === ROLES && kind === "answers swapped" ? 1 : 0;
  return {
    operation,
    nth: operation === SWAP ? 0 : random.whole(first, 3),
    kind,
    how: random.pick(["reset", "end"]),
    part: random.unit(),
    ms: random.pick([0, 0, 20, LATEST_COPY_MS]),
    answer: random.pick(["first", "second"]),
  };
}

/** @param {string} method @param {string} path */
export function operationOf(method, path) {
  const { pathname } = new URL(path, "http://service");
  if (method === "PUT") return SWAP;
  if (pathname.includes("/jobs/")) return JOB;
  if (pathname.endsWith("/groups")) return ROLES;
  return pathname.endsWith("/tasks") ? TASKS : INSTANCE;
}
