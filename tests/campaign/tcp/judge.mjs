// @ts-check
// What was said of a switchover against what happened: the proxy's log of what passed between client and service, and the
// emulator's own account of jobs and roles. Nothing that the client says is taken for a fact.
import { INSTANCE, JOB, ROLES, SECRET, SWAP, TASKS } from "./plan.mjs";

/** @typedef {import("./proxy.mjs").Exchange} Exchange */
/** @typedef {import("../emulator.mjs").Truth} Truth */

/**
 * What a client said.
 * @typedef {object} Said
 * @property {import("huaweicloud-dcs").SwitchoverReport | undefined} report
 * @property {{ name: string, message: string } | undefined} error
 * @property {boolean} ended
 * @property {number} endedAt
 */

/** @typedef {{ instanceId: string, said: Said, log: Exchange[], before: Truth, after: Truth }} Case */

/** Two clocks of one machine are read by two processes, in whole milliseconds. */
const SLACK_MS = 15;

/** When the roles changed: each time is a swap that ran. @param {Case} of */
const swapsOf = ({ after }) => after.roles_changed_ms;

/** @param {Truth} truth */
const masterOf = ({ nodes }) => nodes.find(({ role }) => role === "master")?.node_id;

/** @param {Case} of */
const requestsOf = ({ log }) => log.filter(({ operation }) => operation === SWAP);

/** Copies of requests for the swap that reached the service. @param {Case} of */
const copiesOf = (of) => requestsOf(of).reduce((sum, { copies }) => sum + copies, 0);

/** Whether the client got the right answer, and whole. @param {Exchange} exchange */
const isGood = ({ status, others }) => status === 200 && !others;

/**
 * Good answers to an operation that the service was asked for after some moment, and that came before the end.
 * @param {Case} of @param {string} operation @param {number} after
 */
const goodSince = ({ log, said }, operation, after) =>
  log.some(
    (exchange) =>
      exchange.operation === operation &&
      isGood(exchange) &&
      (exchange.askedAt ?? 0) > after + SLACK_MS &&
      exchange.at < said.endedAt,
  );

/** @param {Case} of */
function settledAt(of) {
  const ends = of.after.jobs.map(({ end_time }) => Number(end_time ?? Infinity));
  return Math.max(...requestsOf(of).map(({ at }) => at), ...ends);
}

/** Each gives what is wrong, or nothing. @type {Record<string, (of: Case) => string | false | undefined>} */
const LAWS = {
  "it ends": ({ said }) => !said.ended && "no end within a minute",

  "there is a report": ({ said, instanceId }) =>
    said.report?.instanceId !== instanceId && `it has none: ${said.error?.message}`,

  "the client sends one request for the swap": (of) =>
    requestsOf(of).length > 1 && `it sent ${requestsOf(of).length}`,

  "it says how many it sent": (of) => {
    const said = of.said.report?.attempts.swap;
    return said !== requestsOf(of).length && `${said} said, ${requestsOf(of).length} sent`;
  },

  "no more swaps run than copies arrived": (of) =>
    swapsOf(of).length > copiesOf(of) && `${swapsOf(of).length} ran of ${copiesOf(of)} copies`,

  "`swapped` is said when the roles had changed": (of) => {
    const { report, error } = of.said;
    if (report?.result !== "swapped") return undefined;
    const [changed] = swapsOf(of);
    if (changed === undefined) return "none ran";
    if (changed > of.said.endedAt + SLACK_MS) return "none had run yet";
    const master = report.after?.find(({ role }) => role === "master")?.nodeId;
    if (master === masterOf(of.before)) return "the roles that it tells are those of before";
    if (!of.before.nodes.some(({ node_id }) => node_id === master)) return "another's roles";
    return (!report.verified && "not verified") || (error && `rejected with ${error.name}`);
  },

  "`not swapped` is said when none ran, then or later": (of) => {
    if (of.said.report?.result !== "not swapped") return undefined;
    return swapsOf(of).length > 0 && `${swapsOf(of).length} ran`;
  },

  "`unknown` is said only where nobody could know": (of) =>
    of.said.report?.result === "unknown" && !whyUnknown(of) && "it could be known",

  "the outcome of the request is right": (of) => {
    const [sent, jobs] = [requestsOf(of), of.after.jobs.length];
    switch (of.said.report?.outcome) {
      case "not_sent":
        return sent.length > 0 && "but it was sent";
      case "rejected":
        return jobs > 0 && "but a job was started";
      case "accepted":
        return !sent.some(({ status }) => status === 200) && "but no answer said so";
      case "unknown":
        return sent.length === 0 && "but nothing was sent";
      default:
        return `it is ${of.said.report?.outcome}`;
    }
  },

  "it rejects unless swapped": ({ said: { report, error } }) =>
    report?.result !== "swapped" && error?.name !== "SwitchoverError" && `with ${error?.name}`,

  "no secret is told": ({ said }) => JSON.stringify(said).includes(SECRET) && "it is",
};

/** Whether the list of roles that the swap relied on was another's; nothing in it tells. @param {Case} of */
function isAnothersBefore({ log, before, said }) {
  const ids = new Set(before.nodes.map(({ node_id }) => node_id));
  const first = log.findIndex(({ operation }) => operation === SWAP);
  const lists = log.slice(0, first).filter(({ operation }) => operation === ROLES);
  const relied = lists.at(-1);
  return relied?.others && said.report?.before?.every(({ nodeId }) => !ids.has(nodeId ?? ""));
}

/**
 * Why nobody could know what became of it, from what passed between client and service alone.
 * @param {Case} of
 * @returns {string | undefined}
 */
export function whyUnknown(of) {
  const swaps = swapsOf(of);
  const settled = settledAt(of);
  if (settled > of.said.endedAt) return "the job had not ended";
  if (!goodSince(of, ROLES, settled)) return "no list of roles came through after the end";
  if (isAnothersBefore(of)) return "the roles of before were another instance's";
  if (swaps.length % 2 === 1) return undefined;
  if (swaps.length > 0) return "two copies of the request ran: the roles are as before";
  const [sent] = requestsOf(of);
  const jobs = of.after.jobs.length;
  // A failed job is proof, if the client knew whose it was and could read its end.
  if (jobs > 0 && sent && isGood(sent) && goodSince(of, JOB, settled)) return undefined;
  if (!goodSince(of, TASKS, settled)) return "no list of tasks came through after the end";
  if (jobs > 0) return "a job failed that nobody could know to be its own";
  // A list without a new swap is proof only of an instance at rest: a task may be listed late.
  if (!goodSince(of, INSTANCE, settled)) return "the instance could not be read after the end";
  return undefined;
}

/**
 * @param {Case} of
 * @returns {{ broken: string[], why: string | undefined }}
 */
export function judge(of) {
  const broken = Object.entries(LAWS).flatMap(([law, check]) => {
    const fault = check(of);
    return fault ? [`${law}: ${fault}`] : [];
  });
  return { broken, why: of.said.report?.result === "unknown" ? whyUnknown(of) : undefined };
}
