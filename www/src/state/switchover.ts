import type { JobInfo, SwitchoverError, SwitchoverPhase } from "huaweicloud-dcs";
import { t } from "../i18n/index.ts";
import { statusText } from "../i18n/status.ts";
import { announce } from "./announce.ts";
import type { Goal, Intent, Plan, Report, Told } from "./core.ts";
import { type Ending, endingOf, isDoubtful, isInstead } from "./ending.ts";
import { patchRow, rowOf } from "./fleet.ts";
import { remember } from "./history.ts";
import { journal, journalFor } from "./journal.ts";
import { type Pending, clearPending, loadPending, savePending } from "./pending.ts";
import { describe } from "./problem.ts";
import { type Run, dropRun, isRunning, patchRun, putRun, runAt, runs } from "./runs.ts";
import { client, session, whileBusy } from "./session.ts";
import { Store } from "./store.ts";
import { TAB } from "./tabs.ts";
import { keyOf } from "./target.ts";

/** What a reload, a closed tab, or the wiping of credentials left: until it is followed again or discarded. */
export const left = new Store<{ pending: Pending[] }>({ pending: [] });

const stops = new Map<string, AbortController>();
/** Why a switchover is no longer followed: its credentials were wiped. It is found again with new ones. */
const WIPED = new Error("the credentials were wiped");
/** Milliseconds between two reads of a job or of roles. */
const INTERVAL_MS = 1_000;

/** The key of an instance at the place that the page is connected to. */
export const keyHere = (instanceId: string) => keyOf(session.value.target, instanceId);

function enter(key: string, phase: SwitchoverPhase, at: number): void {
  const run = runAt(key);
  if (!run || run.stretches.at(-1)?.phase === phase) return;
  const closed = run.stretches.map((one) => (one.to === undefined ? { ...one, to: at } : one));
  const stretch = phase === "done" ? { phase, from: at, to: at } : { phase, from: at };
  patchRun(key, { stretches: [...closed, stretch] });
  keep(key);
  if (phase !== "done") announce(t("say.phase", { phase: t(`phase.${phase}`) }));
}

/** Writes down what another page needs to follow it. */
function keep(key: string): void {
  const run = runAt(key);
  const phase = run?.stretches.at(-1)?.phase;
  if (!run?.running || !phase) return;
  const { target, instanceId, name, startedAt, intent, journalKey } = run;
  savePending({ key, tab: TAB, target, instanceId, name, phase, startedAt, intent, journalKey });
}

/** Lets go of what still works with credentials that are to be wiped. */
function onClear(): void {
  for (const stop of stops.values()) stop.abort(WIPED);
}

/** A switchover that goes on without this page, to be found again. */
function leave(key: string): void {
  stops.delete(key);
  dropRun(key);
  look();
}

whileBusy(isRunning, {
  onClear,
  onSwap: (instanceId, requestId) => {
    const run = runAt(keyHere(instanceId));
    if (run && requestId) patchRun(run.key, { requestIds: [...run.requestIds, requestId] });
  },
});

function follow(key: string, event: Told): void {
  if (event.type === "phase") {
    const run = runAt(key);
    if (event.phase === "swap" && run) patchRun(key, { before: rowOf(run.instanceId)?.nodes });
    enter(key, event.phase, event.elapsedMs);
  } else if (event.type === "job") {
    sawJob(key, event.job);
  }
}

function sawJob(key: string, job: JobInfo): void {
  const changed = runAt(key)?.job?.status !== job.status;
  patchRun(key, { jobId: job.job_id, job });
  if (!changed) return;
  // That the job failed is told at once, not when the roles have been read to the end.
  if (job.status === "FAIL") announce(t("say.jobFailed", { reason: job.fail_reason ?? "" }), true);
  else announce(t("say.job", { status: statusText(job.status, "job") }));
}

function begin(instanceId: string, startedAt: number, more: Partial<Run>): AbortController {
  const { target } = session.value;
  const key = keyOf(target, instanceId);
  const stop = new AbortController();
  stops.set(key, stop);
  putRun({
    key,
    instanceId,
    name: rowOf(instanceId)?.name ?? instanceId,
    target,
    startedAt,
    since: performance.now() - Math.max(0, Date.now() - startedAt),
    resumed: false,
    stopped: false,
    stretches: [],
    requestIds: [],
    running: true,
    seen: false,
    ...more,
  });
  return stop;
}

async function end(key: string, report: Report, error?: unknown): Promise<Came> {
  stops.delete(key);
  const asked = runAt(key);
  const problem = error === undefined ? undefined : await describe(error);
  enter(key, "done", report.durationMs);
  patchRun(key, {
    report,
    running: false,
    problem,
    before: report.before ?? runAt(key)?.before,
    resumed: report.resumed === true || asked?.resumed === true,
    instead: asked?.resumed === false && isInstead(report),
  });
  const run = runAt(key);
  if (!run) return "left";
  // What is not proven may have to be followed again, also by another page.
  if (report.result === "unknown" && run.intent) {
    const { target, instanceId, name, startedAt, intent, journalKey } = run;
    const phase = "find_out";
    savePending({ key, tab: "", target, instanceId, name, phase, startedAt, intent, journalKey });
  } else clearPending(key);
  if (report.after) patchRow(run.instanceId, { nodes: report.after, rolesAt: Date.now() });
  const { who, projectId } = session.value;
  remember({ run, report, who, projectId });
  const ending = endingOf(report, run);
  announce(`${run.name}: ${t(ending.title)}`, ending.tone !== "good");
  return { report, ending };
}

/** What came of a wish to swap. `left`: it was begun, and goes on without this page. */
export type Came = { report: Report; ending: Ending } | "left" | "not_begun";

export interface Wish {
  /** The node that was master when the swap was confirmed. */
  expectedMaster?: string;
  to?: Goal;
}

/** What a plan shows is what is held to: its master, and the node that takes over if it names a single one. */
export function wishOf({ master, candidates = [] }: Plan): Wish {
  const [only, ...others] = candidates;
  const to = only && others.length === 0 ? { nodeId: only.nodeId } : undefined;
  return { expectedMaster: master?.nodeId, to };
}

/** Swaps master and standby of an instance: the package sends it once, follows it, and verifies. */
export async function swap(id: string, wish: Wish = {}): Promise<Came> {
  const dcs = client();
  const key = keyHere(id);
  if (!dcs || runAt(key)?.running) return "not_begun";
  const stop = begin(id, Date.now(), { to: wish.to });
  announce(t("say.started", { name: rowOf(id)?.name ?? id }));
  let told: Report | undefined;
  const onRecord = (journalKey: string, intent: Intent) => {
    patchRun(key, { journalKey, intent, jobId: intent.jobId, before: intent.before });
    keep(key);
  };
  try {
    const report = await dcs.switchover({
      instanceId: id,
      ...wish,
      journal: journalFor(onRecord),
      intervalMs: INTERVAL_MS,
      signal: stop.signal,
      onEvent: (event) => {
        if (event.type === "report") told = event.report;
        else follow(key, event);
      },
    });
    return await end(key, report);
  } catch (error) {
    return await failed(key, stop.signal, error, told);
  }
}

/** A switchover that rejected: its report says what is known. */
async function failed(
  key: string,
  signal: AbortSignal,
  error: unknown,
  told: Report | undefined,
): Promise<Came> {
  if (signal.reason === WIPED) {
    leave(key);
    return "left";
  }
  const { report: carried, cause } = error as Partial<SwitchoverError>;
  const report = carried ?? told ?? unreported(key, error);
  const stopped = signal.aborted;
  patchRun(key, { stopped });
  // The reason of a stop says nothing; a failure without a cause is told by the report.
  const silent = stopped || (error instanceof Error && error.name === "SwitchoverError" && !cause);
  return await end(key, report, silent ? undefined : error);
}

/**
 * The report where the package gave none: it refused before it began. Of a switchover that was to be found again that
 * says nothing: its swap may have left long ago.
 */
function unreported(key: string, error: unknown): Report {
  const run = runAt(key);
  const resumed = run?.resumed === true;
  return {
    instanceId: run?.instanceId ?? "",
    result: resumed ? "unknown" : "not swapped",
    verified: false,
    outcome: resumed ? "unknown" : "not_sent",
    reason: error instanceof Error ? error.message : String(error),
    durationMs: performance.now() - (run?.since ?? performance.now()),
    attempts: { swap: 0, reads: 0 },
  };
}

export function stopFollowing(key: string): void {
  stops.get(key)?.abort(new Error("stopped by the user"));
}

/** Whether a switchover that has ended can be followed again: its record says what was begun. */
export const canFollow = (run: Run) => !run.running && run.intent !== undefined;

/** Reads again what became of a switchover: its job, and the roles. Nothing is sent that swaps. */
export async function followAgain(key: string): Promise<void> {
  const run = runAt(key);
  if (run?.intent && !run.running) await resumeOne(run.intent, run);
}

/** Whether what an earlier switchover came to is not settled: under way, in any tab, or in doubt, or left by a tab. */
export function isUnsettled(instanceId: string): boolean {
  const key = keyHere(instanceId);
  return isDoubtful(runAt(key)) || loadPending().some((one) => one.key === key);
}

/** Looks for switchovers that no tab follows any more. */
export function look(): void {
  const alive = new Set(runs.value.others.filter((one) => !one.silent).map((one) => one.tab));
  const pending = loadPending().filter((one) => {
    const run = runAt(one.key);
    return !alive.has(one.tab) && run === undefined;
  });
  left.set({ pending });
}

/** Finds the switchovers again that nobody follows, at the place that the page is connected to. */
export function resume(): void {
  look();
  const here = ({ key, instanceId }: Pending) => key === keyHere(instanceId);
  const mine = left.value.pending.filter(here);
  left.set({ pending: left.value.pending.filter((one) => !here(one)) });
  for (const one of mine) {
    // Without a record no swap had left when the page did.
    if (one.intent) void resumeOne(one.intent, one);
    else clearPending(one.key);
  }
}

async function resumeOne(intent: Intent, of: Pending | Run): Promise<void> {
  const dcs = client();
  if (!dcs) return;
  const { key, instanceId, name, journalKey } = of;
  const { jobId, before } = intent;
  const more = { name, jobId, before, intent, journalKey, resumed: true };
  const { signal } = begin(instanceId, of.startedAt, more);
  let told: Report | undefined;
  try {
    const report = await dcs.resumeSwitchover(intent, {
      signal,
      intervalMs: INTERVAL_MS,
      onEvent: (event) => {
        if (event.type === "report") told = event.report;
        else follow(key, event);
      },
    });
    if (signal.reason === WIPED) return leave(key);
    // What is proven needs no record any more.
    if (report.result !== "unknown" && journalKey) await removeRecord(journalKey);
    patchRun(key, { stopped: signal.aborted });
    await end(key, report);
  } catch (error) {
    await failed(key, signal, error, told);
  }
}

/** A record that cannot be removed changes nothing of what was found out: the next switchover finds it, and says so. */
async function removeRecord(journalKey: string): Promise<void> {
  try {
    await journal.remove(journalKey);
  } catch (error) {
    console.warn("the record of a switchover could not be removed", error);
  }
}

/** Takes a switchover for settled, on the word of whoever looked: a new one may begin. */
export async function discard(one: { key: string; journalKey?: string }): Promise<void> {
  clearPending(one.key);
  if (one.journalKey) await journal.remove(one.journalKey);
  look();
}
