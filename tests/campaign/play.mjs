// @ts-check
// Plays switchovers of a campaign through the package, in Node or in a page, and has each judged.
import { judge } from "./judge.mjs";
import { SECRET, SEGMENT, SWAP, clockOf, planOf } from "./plan.mjs";

/** @typedef {import("./plan.mjs").Plan} Plan */
/** @typedef {import("./emulator.mjs").Truth} Truth */

/** No plan takes half as long. */
const LIMIT_MS = 60_000;
/** Jobs and late roles that nobody waits for any longer are over by then. */
export const SETTLE_MS = 700;

/**
 * A request as the client saw it.
 * @typedef {{ operation: string, failed: boolean }} Sent
 */

/**
 * What a switchover gave.
 * @typedef {object} Played
 * @property {Plan} plan
 * @property {string} instanceId
 * @property {string} ak
 * @property {import("huaweicloud-dcs").SwitchoverReport | undefined} report
 * @property {unknown} error What it was rejected with.
 * @property {any[]} events
 * @property {Sent[]} sent
 * @property {Truth | undefined} atReport The truth in the moment of the report.
 * @property {boolean} ended
 */

/**
 * @typedef {object} Verdict
 * @property {number} index
 * @property {string} result
 * @property {string} outcome
 * @property {number} swapsRun
 * @property {number} swapRequests Those that arrived.
 * @property {number} repeats Requests for the swap that the browser sent a second time by itself.
 * @property {number} requests
 * @property {string[]} struck Kinds of the faults that hit its requests.
 * @property {string | undefined} excuse Why `unknown` was right.
 * @property {string[]} broken Laws that were broken.
 * @property {string} account
 */

/**
 * @typedef {object} Stage
 * @property {typeof import("huaweicloud-dcs").DcsClient} DcsClient
 * @property {import("./emulator.mjs").Emulator} emulator
 * @property {any} config The emulator's.
 * @property {number} seed
 * @property {(index: number) => Partial<import("huaweicloud-dcs").ClientOptions>} route Where the client of that
 *   switchover sends.
 */

/** Which switchovers of a campaign: from `first` to before `runs`. @typedef {{ seed: number, runs: number, first: number }} Order */

/**
 * Plays a campaign, segment by segment.
 * @param {Stage} stage @param {Order} order
 */
export async function* playAll(stage, { runs, first }) {
  for (let start = first; start < runs;) {
    const segment = Math.floor(start / SEGMENT);
    const end = Math.min(runs, (segment + 1) * SEGMENT);
    const indices = Array.from({ length: end - start }, (_, at) => start + at);
    yield await playSegment(stage, segment, indices);
    start = end;
  }
}

/**
 * Plays switchovers of one segment, all at once.
 * @param {Stage} stage @param {number} segment @param {number[]} indices
 * @returns {Promise<Verdict[]>}
 */
async function playSegment(stage, segment, indices) {
  const { emulator, seed } = stage;
  await emulator.ask("POST", "reset");
  const ready = await Promise.all(indices.map((index) => prepare(stage, planOf(seed, index))));
  const clock = { fault: { kind: "clock", offset_ms: clockOf(seed, segment) } };
  await emulator.ask("POST", "faults", [clock, ...ready.flatMap(({ faults }) => faults)]);
  const before = await emulator.state();
  const played = await Promise.all(ready.map((one) => play(stage, one)));
  await pause(SETTLE_MS);
  const after = await emulator.state(1e6);
  if (after.counters.requests > after.requests.length) {
    throw new Error("the emulator's log is shorter than the segment: the judge would not see all");
  }
  return played.map((one) =>
    judge(one, {
      before: truth(before, one.instanceId),
      after: truth(after, one.instanceId),
      seen: after.requests.filter(({ access_key }) => access_key === one.ak),
    }),
  );
}

/** @param {import("./emulator.mjs").State} state @param {string} id */
export function truth(state, id) {
  const found = state.instances[id];
  if (!found) throw new Error(`the emulator does not know ${id}`);
  return found;
}

/** @param {number} ms @returns {Promise<void>} */
export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * An instance, a key and armed faults for one switchover alone.
 * @template {Pick<Plan, "index" | "jobMs" | "temporary"> & { faults: { operation: string }[] }} P
 * @param {{ emulator: Stage["emulator"] }} stage @param {P} plan
 */
export async function prepare({ emulator }, plan) {
  const ak = `CAMPAIGN${String(plan.index).padStart(12, "0")}`;
  const key = { ak, sk: SECRET, ...(plan.temporary && { securityToken: "campaign-token" }) };
  const made = await emulator.ask("POST", "instances", { job_ms: plan.jobMs });
  await emulator.ask("POST", "credentials", key);
  const faults = plan.faults.map(({ operation, ...rest }) => ({
    match: { operation, access_key: ak },
    ...rest,
  }));
  return { plan, key, instanceId: /** @type {string} */ (made.instance_id), faults };
}

/**
 * @param {Stage} stage @param {Awaited<ReturnType<typeof prepare<Plan>>>} ready
 * @returns {Promise<Played>}
 */
async function play({ DcsClient, emulator, config, route }, { plan, key, instanceId }) {
  /** @type {Played} */
  const played = {
    plan,
    instanceId,
    ak: key.ak,
    report: undefined,
    error: undefined,
    events: [],
    sent: [],
    atReport: undefined,
    ended: false,
  };
  const abort = new AbortController();
  const to = route(plan.index);
  const dcs = new DcsClient({
    ...to,
    region: config.region,
    // Through a proxy IAM is not asked.
    ...((plan.projectKnown || to.via) && { projectId: config.project_id }),
    credentials: key,
    algorithm: plan.algorithm,
    timeoutMs: plan.timeoutMs,
    retry: plan.retry,
    clockOffsetMs: plan.skewMs,
    fetch: watched(played),
    onEvent: (event) => played.events.push(event),
  });
  const timer =
    plan.abortAfterMs === undefined
      ? undefined
      : setTimeout(() => abort.abort(new Error("the campaign aborts")), plan.abortAfterMs);
  const switchover = dcs
    .switchover({
      instanceId,
      intervalMs: 50,
      followTimeoutMs: plan.followTimeoutMs,
      verifyTimeoutMs: plan.verifyTimeoutMs,
      signal: abort.signal,
    })
    .then(
      (report) => {
        played.report = report;
      },
      (error) => {
        played.error = error;
        // An abort rejects with its reason; the report is in the last event then.
        played.report = error?.report ?? played.events.at(-1)?.report;
      },
    )
    .then(() => {
      played.ended = true;
    });
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let limit;
  const late = new Promise((resolve) => (limit = setTimeout(resolve, LIMIT_MS)));
  await Promise.race([switchover, late]);
  clearTimeout(limit);
  clearTimeout(timer);
  played.atReport = truth(await emulator.state(), instanceId);
  dcs.free();
  return played;
}

/**
 * A fetch that keeps a list of what was sent.
 * @param {Played} played
 * @returns {import("huaweicloud-dcs").FetchLike}
 */
function watched(played) {
  return async (request) => {
    /** @type {Sent} */
    const sent = { operation: operationOf(request), failed: true };
    played.sent.push(sent);
    // The package aborts its signal when an attempt gives no whole answer.
    request.signal.addEventListener("abort", () => (sent.failed = true));
    const response = await fetch(request);
    sent.failed = request.signal.aborted;
    return response;
  };
}

/** @param {Request} request */
function operationOf({ method, url }) {
  const { pathname } = new URL(url);
  if (method === "PUT") return SWAP;
  if (pathname === "/v3/projects") return "KeystoneListProjects";
  if (pathname.includes("/jobs/")) return "ShowJobInfo";
  return pathname.endsWith("/groups") ? "ListGroupReplicationInfo" : "ShowInstance";
}
