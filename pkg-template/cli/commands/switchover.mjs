// @ts-check
// `switchover`: check, swap once, follow, verify; of one instance or of many.

import { CHECKED, FIND_OUT, explained, mayGoOn, needsTerminal } from "../ask.mjs";
import { client, following } from "../client.mjs";
import { wouldSend } from "../dry-run.mjs";
import { DONE, REFUSED, UNKNOWN, UsageError, codeOf, inDoubt } from "../exit.mjs";
import { findAll, withName } from "../find.mjs";
import { journalOf } from "../journal.mjs";
import { NotAsAsked, describedRecord, notAsAsked, openRecord } from "../open-record.mjs";
import { shownError } from "../output.mjs";
import { check, conditions, forEach } from "../plan.mjs";
import { NODE, RESULT, line, masterOf, told } from "../report.mjs";

/** @typedef {import("../main.mjs").Order} Order */
/** @typedef {import("../find.mjs").Target} Target */
/** @typedef {import("../plan.mjs").Checked} Checked */
/** @typedef {import("huaweicloud-dcs").DcsClient} DcsClient */
/** @typedef {import("huaweicloud-dcs").SwitchoverJournal} SwitchoverJournal */
/** @typedef {import("huaweicloud-dcs").SwitchoverReport} SwitchoverReport */
/** @typedef {import("huaweicloud-dcs").SwitchoverPlan} SwitchoverPlan */
/** @typedef {Target & { state: "fulfilled" | "rejected" | "skipped", report?: SwitchoverReport, plan?: SwitchoverPlan, error?: unknown }} Ended */

/** @param {Order} order */
export async function switchover(order) {
  const { args, options } = order;
  needsTerminal(order);
  const journal = journalOf(order);
  const dcs = client(order);
  const targets = await findAll(order, dcs);
  if (options.expectMaster !== undefined && targets.length > 1)
    throw new UsageError("--expect-master is the master of one instance, and several were given");
  const fleet = args.length !== 1;
  if (options.dryRun) return dryRun(order, dcs, targets, journal, fleet);
  /** @type {Checked[]} */
  let work = targets.map((target) => ({ target }));
  if (!options.yes) {
    work = await forEach(targets, concurrencyOf(order), (one) => looked(order, dcs, one, journal));
    const [one] = work;
    if (!fleet && one && !one.open && one.plan?.result !== "swap") return notNeeded(order, one);
    const any = work.some(({ plan }) => plan?.result === "swap");
    if (any) {
      work = await forEach(work, concurrencyOf(order), async (one) => ({
        ...one,
        target: await withName(order, dcs, one.target),
      }));
      if (!(await mayGoOn(order, work))) return REFUSED;
    }
  }
  const ended = await runAll(order, dcs, work, journal, fleet);
  return fleet ? endFleet(order, ended) : endOne(order, /** @type {Ended} */ (ended[0]));
}

/** @param {Order} order */
const concurrencyOf = ({ options }) => options.concurrency ?? 4;

/**
 * What there is to know of an instance before anything is asked: its open record, or else what the check says.
 * @param {Order} order @param {DcsClient} dcs @param {Target} target @param {SwitchoverJournal | undefined} journal
 * @returns {Promise<Checked>}
 */
async function looked(order, dcs, target, journal) {
  try {
    const open = await openRecord(order, journal, target.instanceId);
    if (open) return { target, open };
  } catch (error) {
    return { target, error };
  }
  return check(order, dcs, target);
}

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
 * @param {Order} order @param {DcsClient} dcs @param {Target[]} targets
 * @param {SwitchoverJournal | undefined} journal @param {boolean} fleet
 */
async function dryRun(order, dcs, targets, journal, fleet) {
  const { output } = order;
  const plans = await forEach(targets, concurrencyOf(order), async (target) => {
    const checked = await looked(order, dcs, target, journal);
    const swaps = checked.plan?.result === "swap";
    return { ...checked, ...(swaps && { request: await wouldSend(order, target.instanceId) }) };
  });
  const [one] = plans;
  if (!fleet && one) {
    const { plan, open, request, error, target } = one;
    if (open) {
      const { reason } = planned(one);
      const lines = [line(target, FIND_OUT, reason), "Nothing was swapped."];
      output.result(planned(one), lines, RESULT_OF_PLAN);
      return UNKNOWN;
    }
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
  if (plans.some(({ open }) => open)) return UNKNOWN;
  return plans.every(({ plan }) => plan && plan.result !== "not_sent") ? DONE : REFUSED;
}

/**
 * A plan as a value, with the request that would be sent.
 * @param {Checked & { request?: { method: string, url: string } }} checked
 * @returns {Record<string, any>}
 */
const planned = ({ target, plan, open, request, error }) => ({
  dryRun: true,
  ...target,
  ...(open && { result: FIND_OUT, reason: describedRecord(open) }),
  ...request,
  ...plan,
  ...(error !== undefined && shownError(error)),
});

/**
 * Switches them over, so many at once.
 * @param {Order} order @param {DcsClient} dcs @param {Checked[]} work
 * @param {SwitchoverJournal | undefined} journal @param {boolean} fleet
 * @returns {Promise<Ended[]>}
 */
async function runAll(order, dcs, work, journal, fleet) {
  const { options, output, signal } = order;
  if (fleet) output.progress.fleet(work.length);
  let stop = false;
  return forEach(work, concurrencyOf(order), async (checked) => {
    /** @type {Ended} */
    const ended =
      stop || signal.aborted
        ? { ...checked.target, state: "skipped" }
        : await runOne(order, dcs, checked, journal, fleet);
    if (ended.state === "rejected") stop ||= options.stopOnFailure === true;
    if (fleet && ended.state !== "skipped") {
      const { result, reason } = resultOf(ended);
      output.progress.ended(ended.instanceId, line(ended, result, reason), !process.stdout.isTTY);
    }
    return ended;
  });
}

/**
 * @param {Order} order @param {DcsClient} dcs @param {Checked} checked
 * @param {SwitchoverJournal | undefined} journal @param {boolean} fleet
 * @returns {Promise<Ended>}
 */
async function runOne(order, dcs, { target, plan, open: found, error }, journal, fleet) {
  const { output, signal, swaps } = order;
  const { instanceId } = target;
  if (error !== undefined) return { ...target, state: "rejected", error };
  // What was confirmed is what happens, or nothing does.
  if (plan && plan.result !== "swap")
    return { ...target, state: plan.result === "already" ? "fulfilled" : "rejected", plan };
  const confirmed = plan?.master ?? masterOf(plan?.before);
  try {
    const open = found ?? (await openRecord(order, journal, instanceId));
    if (open) output.note(line(target, FIND_OUT, describedRecord(open)));
    /** @type {import("huaweicloud-dcs").SwitchoverTimes} */
    const how = {
      signal,
      ...following(order),
      ...(journal && { journal }),
      onEvent: (event) => {
        swaps.event(event);
        output.progress.event(event, fleet ? (target.name ?? instanceId) : "");
      },
    };
    // To resume is to read alone, also if the record is gone by now.
    const report = open
      ? await dcs.resumeSwitchover(open, how)
      : await dcs.switchover({
          instanceId,
          ...conditions(order),
          ...(confirmed && { expectedMaster: confirmed.nodeId }),
          ...how,
        });
    swaps.settled(instanceId);
    const wrong = report.resumed && notAsAsked(order, report);
    if (wrong) return { ...target, state: "rejected", report, error: wrong };
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
    if (error instanceof NotAsAsked && report && output.forPeople)
      for (const known of told(order, ended, report)) output.text(known);
    output.error(error, hintsOf(report));
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

/**
 * What to do next about a switchover that did not swap.
 * @param {SwitchoverReport | undefined} report
 */
function hintsOf(report) {
  const { result, reason = "", resumed } = report ?? {};
  // Of one that cannot be read nothing is said: with another journal the swap that it may stand for would be undone.
  if (
    /^nothing was sent: the journal (cannot be written: |cannot be read: .*: ENOTDIR)/.test(reason)
  )
    return ["--journal FOLDER keeps it elsewhere, --journal none does without"];
  return resumed && result === "not swapped" ? ["this run has sent nothing: run it again"] : [];
}

/** @param {Ended} ended */
function resultOf({ state, report, plan, error }) {
  const said = error instanceof Error ? error.message : undefined;
  const reason = error instanceof NotAsAsked ? said : ((report ?? plan)?.reason ?? said);
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
