// @ts-check
// The laws of a switchover, applied to what the client reported and what the emulator knows.
//
// `unknown` is a right answer only where the truth could not be read:
//  - the caller aborted after the swap had been sent;
//  - the last read before the report was spoiled: a fault took or garbled its answer, or it was refused;
//  - the swap was accepted and the end of its job could never be read, because the job did not end or because
//    each read of the ended job was spoiled, while the roles were as before.
//
// Chromium sends a request a second time by itself when a connection that it had used before breaks, or brings a 408. No
// page can keep it from that; a proxy that keeps no connection alive can. Where it happened it is counted, and only what the
// package answers for is judged.
import { SECRET, SWAP } from "./plan.mjs";

/** @typedef {import("./play.mjs").Played} Played */
/** @typedef {import("./emulator.mjs").Truth} Truth */
/** @typedef {import("./emulator.mjs").Seen} Seen */

/** @typedef {{ before: Truth, after: Truth, seen: Seen[] }} Known `seen` holds this switchover's requests only. */

const inPage = "window" in globalThis;

/** Faults that leave an answer as good as it was. */
const HARMLESS = ["delay", "informational_1xx", "duplicate_keys"];

/**
 * Each law gives what breaks it, or nothing.
 * @type {Record<string, (played: Played, known: Known) => string | false | undefined>}
 */
const LAWS = {
  "it ends": ({ ended }) => !ended && "no end within a minute",

  "at most one swap runs": (played, known) =>
    known.after.counters.swaps_run > 1 + repeatsOf(played, known) &&
    `${known.after.counters.swaps_run} swaps ran`,

  "at most one swap is accepted": (played, known) =>
    known.after.jobs.length > 1 + repeatsOf(played, known) &&
    `${known.after.jobs.length} jobs were started`,

  "there is a report": ({ report, instanceId }) =>
    report?.instanceId !== instanceId && "the rejection brought none",

  "each request for the swap is told": (played, known) => {
    const told = played.report?.attempts.swap ?? 0;
    const left = leftOf(played);
    const arrived = known.after.counters.swap_requests - repeatsOf(played, known);
    // A request may be given up on its way, or a browser's preflight refused; never the other way round.
    const mayStay = inPage || played.plan.abortAfterMs !== undefined || wasLost(played);
    const right = told === left && (arrived === told || (mayStay && arrived < told));
    return !right && `${told} told, ${left} left, ${arrived} arrived`;
  },

  "`swapped` means that the roles changed": ({ report, atReport }, { before, after }) => {
    if (report?.result !== "swapped") return undefined;
    const ran = atReport?.counters.swaps_run;
    if (ran !== 1) return `${ran} swaps had run`;
    return (
      (!report.verified && "not verified") ||
      (masterOf(after) === masterOf(before) && "the master is the same") ||
      differs("before", report.before, before) ||
      differs("after", report.after, atReport)
    );
  },

  "`not swapped` means that nothing swaps, then or later": (played, known) => {
    const { report, atReport } = played;
    const { after } = known;
    // Two swaps are none: the roles are as before.
    const twice = repeatsOf(played, known) > 0 && after.counters.swaps_run === 2;
    if (report?.result !== "not swapped" || twice) return undefined;
    const [then, later] = [atReport?.counters.swaps_run, after.counters.swaps_run];
    if (then !== 0 || later !== 0) return `${then} swaps had run, ${later} in the end`;
    return report.verified && differs("after", report.after, atReport);
  },

  "`unknown` only where the truth could not be read": (played, known) => {
    if (played.report?.result !== "unknown") return undefined;
    if (played.report.verified) return "yet verified";
    return !excuse(played, known) && "the truth could be read";
  },

  "the outcome of the request is right": (played, known) => {
    const { report } = played;
    const { after, seen } = known;
    const swaps = seen.filter(({ operation }) => operation === SWAP);
    const last = swaps.at(-1);
    const jobs = after.jobs.length;
    switch (report?.outcome) {
      case "not_sent":
        return swaps.length > 0 && "but it arrived";
      case "rejected":
        return jobs > 0 && "but a job was started";
      case "accepted":
        return (jobs < 1 || jobs > 1 + repeatsOf(played, known)) && `but ${jobs} jobs were started`;
      case "unknown":
        return last && isClean(last) && !wasLost(played) && "but its answer was good";
      default:
        return `it is ${report?.outcome}`;
    }
  },

  "it resolves when swapped, and rejects otherwise": ({ report, error, plan }) => {
    const name = error instanceof Error ? error.name : undefined;
    if (report?.result === "swapped") return error !== undefined && `rejected with ${name}`;
    if (plan.abortAfterMs !== undefined && name === "Error") return undefined;
    return name !== "SwitchoverError" && `rejected with ${name ?? "nothing"}`;
  },

  "no secret is told": ({ report, error, events }) =>
    JSON.stringify([report, events, describe(error)]).includes(SECRET) && "the secret is told",
};

/** Whether the client got no answer to the swap, be it for a fault or because this machine was too busy. @param {Played} played */
const wasLost = ({ sent }) => sent.some(({ operation, failed }) => operation === SWAP && failed);

/** Requests for the swap that the package sent. @param {Played} played */
const leftOf = ({ sent }) => sent.filter(({ operation }) => operation === SWAP).length;

/**
 * Requests for the swap that the browser sent again by itself: each follows one whose connection broke, or a 408.
 * @param {Played} played @param {Known} known
 */
function repeatsOf(played, { after, seen }) {
  const broken = seen.filter(
    ({ operation, outcome, status }) =>
      operation === SWAP && (outcome === "dropped" || status === 408),
  ).length;
  const more = after.counters.swap_requests - leftOf(played);
  return inPage && more > 0 && more <= broken ? more : 0;
}

/**
 * Why `unknown` is right, if it is.
 * @param {Played} played @param {Known} known
 */
function excuse({ error, report, sent, events }, { before, after, seen }) {
  if (error instanceof Error && error.name === "Error") return "aborted";
  // Somebody may have swapped back, or the list of roles may be stale: nothing tells these apart from a job that did nothing.
  const said = after.jobs.some(({ status }) => status === "SUCCESS");
  const same = masterOf(before) === masterOf(after);
  if (said && same && after.counters.swaps_run > 1) return "two swaps ran: the roles are as before";
  if (said && same && report?.doubt === "late")
    return "the job says SUCCESS, and the same node is master";
  const first = seen.findIndex(({ operation }) => operation === SWAP);
  const reads = first < 0 ? [] : seen.slice(first).filter(({ operation }) => operation !== SWAP);
  const lastRead = reads.at(-1);
  if (!lastRead || !isClean(lastRead) || sent.at(-1)?.failed) return "the last read was spoiled";
  const end = Number(after.jobs[0]?.end_time ?? Infinity);
  const endWasTold = events.some(
    ({ type, job }) => type === "job" && ["SUCCESS", "FAIL"].includes(job.status),
  );
  const readsOfEnd = reads.filter(
    (read) => read.operation === "ShowJobInfo" && isClean(read) && read.time >= end,
  ).length;
  // On a busy machine the client may give up a read whose answer was good.
  const givenUp = sent.filter(
    ({ operation, failed }) => operation === "ShowJobInfo" && failed,
  ).length;
  const endWasRead = readsOfEnd > givenUp;
  return (
    report?.outcome === "accepted" &&
    !endWasTold &&
    !endWasRead &&
    "the end of the job could not be read"
  );
}

/** Whether a request got its answer, whole and right. @param {Seen} seen */
const isClean = ({ status, outcome, fault }) =>
  status === 200 && outcome === "answered" && (fault === null || HARMLESS.includes(fault));

/** @param {Truth} truth */
const masterOf = ({ nodes }) => nodes.find(({ role }) => role === "master")?.node_id;

/**
 * @param {string} what
 * @param {import("huaweicloud-dcs").NodeRole[] | undefined} told @param {Truth | undefined} truth
 */
function differs(what, told, truth) {
  const text = (/** @type {[string, string][]} */ nodes) => JSON.stringify(nodes.sort());
  const real = truth?.nodes.map(
    (node) => /** @type {[string, string]} */ ([node.node_id, node.role]),
  );
  const claimed = told?.map((node) => /** @type {[string, string]} */ ([node.nodeId, node.role]));
  return (
    text(claimed ?? []) !== text(real ?? []) && `the roles ${what} are not as the emulator has them`
  );
}

/** An error with all that hangs on it. @param {unknown} error @returns {unknown} */
function describe(error) {
  if (!(error instanceof Error)) return error;
  const { cause, ...rest } = error;
  return [error.name, error.message, error.stack, rest, cause === undefined ? [] : describe(cause)];
}

/**
 * @param {Played} played @param {Known} known
 * @returns {import("./play.mjs").Verdict}
 */
export function judge(played, known) {
  const { plan, report } = played;
  const broken = Object.entries(LAWS).flatMap(([law, check]) => {
    const fault = check(played, known);
    return fault ? [`${law}: ${fault}`] : [];
  });
  return {
    index: plan.index,
    result: report?.result ?? "none",
    outcome: report?.outcome ?? "none",
    swapsRun: known.after.counters.swaps_run,
    swapRequests: known.after.counters.swap_requests,
    repeats: repeatsOf(played, known),
    requests: played.sent.length,
    struck: known.seen.flatMap(({ fault }) => fault ?? []),
    excuse: report?.result === "unknown" ? excuse(played, known) || undefined : undefined,
    broken,
    account: accountOf(played, known),
  };
}

/** All that is needed to understand a switchover. @param {Played} played @param {Known} known */
function accountOf({ plan, report, error, sent }, { after, seen }) {
  const requests = seen.map(
    ({ operation, status, outcome, fault }) =>
      `  ${operation} ${status} ${outcome}${fault ? ` (${fault})` : ""}`,
  );
  const { counters, jobs } = after;
  return [
    `plan ${JSON.stringify(plan)}`,
    `report ${JSON.stringify(report)}`,
    `error ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`,
    `sent ${sent.map(({ operation, failed }) => operation + (failed ? " (failed)" : "")).join(", ")}`,
    `truth ${JSON.stringify({ counters, jobs, master: masterOf(after) })}`,
    "requests as the emulator saw them:",
    ...requests,
  ].join("\n");
}
