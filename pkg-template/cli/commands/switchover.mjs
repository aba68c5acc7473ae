// @ts-check
// `switchover`: check, swap once, follow, verify; of one instance or of many.

import { CHECKED, explained, mayGoOn, needsTerminal } from "../ask.mjs";
import { client, following } from "../client.mjs";
import { wouldSend } from "../dry-run.mjs";
import { DONE, REFUSED, UNKNOWN, UsageError, codeOf, inDoubt } from "../exit.mjs";
import { findAll } from "../find.mjs";
import { journalOf } from "../journal.mjs";
import { shownError } from "../output.mjs";
import { check, conditions, forEach } from "../plan.mjs";
import { NODE, RESULT, line, masterOf, told } from "../report.mjs";

/** @typedef {import("../main.mjs").Order} Order */
/** @typedef {import("../find.mjs").Target} Target */
/** @typedef {import("../plan.mjs").Checked} Checked */
/** @typedef {import("huaweicloud-dcs").DcsClient} DcsClient */
/** @typedef {import("huaweicloud-dcs").SwitchoverReport} SwitchoverReport */
/** @typedef {import("huaweicloud-dcs").SwitchoverPlan} SwitchoverPlan */
/** @typedef {Target & { state: "fulfilled" | "rejected" | "skipped", report?: SwitchoverReport, plan?: SwitchoverPlan, error?: unknown }} Ended */

/** @param {Order} order */
export async function switchover(order) {
  const { args, options } = order;
  needsTerminal(order);
  const dcs = client(order);
  const targets = await findAll(order, dcs);
  if (options.expectMaster !== undefined && targets.length > 1)
    throw new UsageError("--expect-master is the master of one instance, and several were given");
  const fleet = args.length !== 1;
  if (options.dryRun) return dryRun(order, dcs, targets, fleet);
  /** @type {Checked[]} */
  let work = targets.map((target) => ({ target }));
  if (!options.yes) {
    work = await forEach(targets, concurrencyOf(order), (target) => check(order, dcs, target));
    const [one] = work;
    if (!fleet && one && one.plan?.result !== "swap") return notNeeded(order, one);
    const any = work.some(({ plan }) => plan?.result === "swap");
    if (any && !(await mayGoOn(order, work))) return REFUSED;
  }
  const ended = await runAll(order, dcs, work, fleet);
  return fleet ? endFleet(order, ended) : endOne(order, /** @type {Ended} */ (ended[0]));
}

/** @param {Order} order */
const concurrencyOf = ({ options }) => options.concurrency ?? 4;

/** One that the check found not to be swapped. @param {Order} order @param {Checked} checked */
function notNeeded(order, { target, plan, error }) {
  if (!plan) throw error;
  const lines = [
    ...explained(order, { target, plan }),
    line(target, shown(plan.result), plan.reason),
  ];
  order.output.result(plan, lines, RESULT_OF_PLAN);
  return plan.result === "already" ? DONE : REFUSED;
}

/** @param {string} result Of a plan. */
const shown = (result) => (result === "not_sent" ? "not swapped" : result);

/** @type {import("../table.mjs").Column<Partial<import("huaweicloud-dcs").SwitchoverPlan>>[]} */
const RESULT_OF_PLAN = [
  { head: "INSTANCE", get: ({ instanceId }) => instanceId },
  { head: "RESULT", get: ({ result }) => result },
  { head: "MASTER", get: ({ master }) => master?.nodeId },
  { head: "CANDIDATES", get: ({ candidates }) => candidates?.map(({ nodeId }) => nodeId) },
  { head: "REASON", get: ({ reason }) => reason },
];

/**
 * Shows what would be done.
 * @param {Order} order @param {DcsClient} dcs @param {Target[]} targets @param {boolean} fleet
 */
async function dryRun(order, dcs, targets, fleet) {
  const { output } = order;
  const plans = await forEach(targets, concurrencyOf(order), async (target) => {
    const checked = await check(order, dcs, target);
    const swaps = checked.plan?.result === "swap";
    return { ...checked, ...(swaps && { request: await wouldSend(order, target.instanceId) }) };
  });
  const [one] = plans;
  if (!fleet && one) {
    const { plan, request, error, target } = one;
    if (!plan) throw error;
    const lines = [
      ...output.table(plan.before ?? [], NODE),
      ...explained(order, one),
      request
        ? `would send: ${request.method} ${request.url}`
        : line(target, shown(plan.result), plan.reason),
      "Nothing was swapped.",
    ];
    output.result({ dryRun: true, ...request, ...plan }, lines, RESULT_OF_PLAN);
    return plan.result === "not_sent" ? REFUSED : DONE;
  }
  if (output.forPeople) output.list(plans, CHECKED, "");
  else output.list(plans.map(planned), RESULT_OF_PLAN, "");
  output.note("Nothing was swapped.");
  return plans.every(({ plan }) => plan && plan.result !== "not_sent") ? DONE : REFUSED;
}

/**
 * A plan as a value, with the request that would be sent.
 * @param {Checked & { request?: { method: string, url: string } }} checked
 */
const planned = ({ target, plan, request, error }) => ({
  dryRun: true,
  ...target,
  ...request,
  ...plan,
  ...(error !== undefined && shownError(error)),
});

/**
 * Switches them over, so many at once.
 * @param {Order} order @param {DcsClient} dcs @param {Checked[]} work @param {boolean} fleet
 * @returns {Promise<Ended[]>}
 */
async function runAll(order, dcs, work, fleet) {
  const { options, output, signal } = order;
  if (fleet) output.progress.fleet(work.length);
  let stop = false;
  return forEach(work, concurrencyOf(order), async (checked) => {
    /** @type {Ended} */
    const ended =
      stop || signal.aborted
        ? { ...checked.target, state: "skipped" }
        : await runOne(order, dcs, checked, fleet);
    if (ended.state === "rejected") stop ||= options.stopOnFailure === true;
    if (fleet && ended.state !== "skipped") {
      const { result, reason } = resultOf(ended);
      output.progress.ended(ended.instanceId, line(ended, result, reason), !process.stdout.isTTY);
    }
    return ended;
  });
}

/**
 * @param {Order} order @param {DcsClient} dcs @param {Checked} checked @param {boolean} fleet
 * @returns {Promise<Ended>}
 */
async function runOne(order, dcs, { target, plan, error }, fleet) {
  const { output, signal, swaps } = order;
  const { instanceId } = target;
  if (error !== undefined) return { ...target, state: "rejected", error };
  // What was confirmed is what happens, or nothing does.
  if (plan && plan.result !== "swap")
    return { ...target, state: plan.result === "already" ? "fulfilled" : "rejected", plan };
  const confirmed = plan?.master ?? masterOf(plan?.before);
  try {
    const report = await dcs.switchover({
      instanceId,
      signal,
      ...conditions(order),
      ...(confirmed && { expectedMaster: confirmed.nodeId }),
      ...following(order),
      journal: journalOf(order),
      onEvent: (event) => {
        swaps.event(event);
        output.progress.event(event, fleet ? (target.name ?? instanceId) : "");
      },
    });
    swaps.settled(instanceId);
    return { ...target, state: "fulfilled", report };
  } catch (thrown) {
    // An abort brings its own reason; what is known of the swap is in the last event.
    const { report = swaps.report(instanceId) } = /** @type {{ report?: SwitchoverReport }} */ (
      thrown ?? {}
    );
    if (inDoubt(thrown)) swaps.leaves(instanceId);
    return { ...target, state: "rejected", error: thrown, ...(report && { report }) };
  }
}

/** @param {Order} order @param {Ended} ended */
function endOne(order, ended) {
  const { output, signal } = order;
  const { report, error } = ended;
  if (ended.state === "skipped") throw signal.reason;
  if (ended.state === "rejected" && !(signal.aborted && report)) {
    const journal = /^nothing was sent: the journal /.test(report?.reason ?? "");
    output.error(
      error,
      journal ? ["--journal FOLDER keeps it elsewhere, --journal none does without"] : [],
    );
    return codeOf(error);
  }
  const { result, reason } = resultOf(ended);
  const known = /** @type {SwitchoverReport} */ (report);
  for (const note of known?.notes ?? []) output.note(`note: ${note}`);
  output.result(known, told(order, ended, known), [
    ...RESULT.map(({ head, get }) => ({
      head,
      get: () => get({ ...ended, result, reason }),
    })),
  ]);
  if (ended.state === "fulfilled") return DONE;
  return result === "unknown" ? UNKNOWN : REFUSED;
}

/** @param {Ended} ended */
function resultOf({ state, report, plan, error }) {
  const reason = (report ?? plan)?.reason ?? (error instanceof Error ? error.message : undefined);
  const result = report?.result ?? (plan ? shown(plan.result) : undefined);
  return { result: result ?? (state === "rejected" ? "not swapped" : state), reason };
}

/** @param {Order} order @param {Ended[]} all */
function endFleet({ output, swaps }, all) {
  output.progress.stop();
  const rows = all.map((ended) => ({ ...ended, ...resultOf(ended) }));
  for (const row of rows)
    if (row.state === "rejected" && !row.report && swaps.inDoubt.includes(row.instanceId))
      row.result = "unknown";
  if (output.forPeople) {
    for (const row of rows) output.text(line(row, row.result, row.reason));
    output.text(summary(rows));
  } else {
    output.list(
      rows.map(({ error, result, reason, ...rest }) => ({
        ...rest,
        result,
        ...(reason !== undefined && { reason }),
        ...(error !== undefined && shownError(error)),
        ...(rest.report && { report: rest.report }),
      })),
      RESULT,
      "",
    );
  }
  if (rows.some(({ result }) => result === "unknown")) return UNKNOWN;
  return rows.every(({ state }) => state === "fulfilled") ? DONE : REFUSED;
}

/** How many ended how. @param {{ result: string }[]} rows */
function summary(rows) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const { result } of rows) counts.set(result, (counts.get(result) ?? 0) + 1);
  const parts = [...counts].map(([result, count]) => `${count} ${result}`);
  return `${rows.length} instances: ${parts.join(", ")}`;
}
