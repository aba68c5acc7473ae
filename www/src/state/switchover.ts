import type {
  DcsEvent,
  JobInfo,
  NodeRole,
  SwitchoverError,
  SwitchoverPhase,
  SwitchoverReport,
} from "huaweicloud-dcs";
import { t } from "../i18n/index.ts";
import { announce } from "./announce.ts";
import { remember } from "./history.ts";
import { instances, patchRow } from "./instances.ts";
import { masterOf } from "./nodes.ts";
import { type Pending, clearPending, loadPending, savePending } from "./pending.ts";
import { type Problem, describe } from "./problem.ts";
import { SWAP } from "./recorder.ts";
import { resumeReport } from "./resume.ts";
import { client, session, whileBusy } from "./session.ts";
import { Store } from "./store.ts";

/** A phase with its times, in milliseconds since the switchover began. */
export interface Stretch {
  phase: SwitchoverPhase;
  from: number;
  to?: number;
}

/** A switchover, under way or ended. */
export interface Run {
  instanceId: string;
  name: string;
  startedAt: number;
  /** Found again after a reload. */
  resumed: boolean;
  /** The user stopped following. */
  stopped: boolean;
  stretches: Stretch[];
  jobId?: string;
  jobStatus?: string;
  before?: NodeRole[];
  report?: SwitchoverReport;
  problem?: Problem;
  running: boolean;
}

export const runs = new Store<{ byInstance: Record<string, Run> }>({ byInstance: {} });
/** What a reload, or the wiping of credentials, left: until it is found again or forgotten. */
export const left = new Store<{ pending: Pending[] }>({ pending: loadPending() });

const stops = new Map<string, AbortController>();
/** Why a switchover is no longer followed: its credentials were wiped. It is found again with new ones. */
const WIPED = new Error("the credentials were wiped");
/** Milliseconds between two reads of a job or of roles. */
const INTERVAL_MS = 1_000;

export function runOf(id: string): Run | undefined {
  return runs.value.byInstance[id];
}

export function isRunning(): boolean {
  return Object.values(runs.value.byInstance).some((run) => run.running);
}

function patch(id: string, change: Partial<Run>): void {
  const run = runOf(id);
  if (!run) return;
  runs.set({ byInstance: { ...runs.value.byInstance, [id]: { ...run, ...change } } });
}

function enter(id: string, phase: SwitchoverPhase, at: number, resumed?: Pending): void {
  const run = runOf(id);
  if (!run || run.stretches.at(-1)?.phase === phase) return;
  const closed = run.stretches.map((one) => (one.to === undefined ? { ...one, to: at } : one));
  const stretch: Stretch = phase === "done" ? { phase, from: at, to: at } : { phase, from: at };
  patch(id, { stretches: [...closed, stretch] });
  // What was written before a reload says more than what is known after it.
  if (!resumed) keep(id);
  if (phase !== "done") announce(t("say.phase", { phase: t(`phase.${phase}`) }));
}

/** Writes down what a reload needs. */
function keep(id: string): void {
  const run = runOf(id);
  const phase = run?.stretches.at(-1)?.phase;
  if (!run?.running || !phase) return;
  const { region, endpoint } = session.value.target;
  savePending({
    region,
    endpoint,
    instanceId: id,
    masterBefore: masterOf(run.before)?.nodeId,
    jobId: run.jobId,
    phase,
    startedAt: run.startedAt,
  });
}

/** The job's id, from the answer to the swap itself: the first moment at which a reload could need it. */
function onAnswer(operation: string, url: string, json: unknown): void {
  const id = /\/instances\/([^/]+)\/async-swap$/.exec(new URL(url).pathname)?.[1];
  const jobId = (json as { job_id?: unknown } | null)?.job_id;
  if (operation !== SWAP || !id || typeof jobId !== "string") return;
  patch(id, { jobId });
  keep(id);
}

/** Lets go of what still works with credentials that are to be wiped. */
function onClear(): void {
  for (const stop of stops.values()) stop.abort(WIPED);
}

/** A switchover that goes on without this page, to be found again. */
function leave(id: string): void {
  stops.delete(id);
  dismiss(id);
  left.set({ pending: loadPending() });
}

whileBusy(isRunning, { onAnswer, onClear });

/** Follows the package's events. `report` is told even when the caller gives up, so that what is known is not lost. */
function follow(id: string, event: DcsEvent): void {
  if (event.type === "phase") {
    // The roles were read in the check; they are what a reload compares with.
    if (event.phase === "swap") patch(id, { before: rowOf(id)?.nodes });
    enter(id, event.phase, event.elapsedMs);
  } else if (event.type === "job") {
    sawJob(id, event.job);
  }
}

function sawJob(id: string, job: JobInfo): void {
  const changed = runOf(id)?.jobStatus !== job.status;
  patch(id, { jobId: job.job_id, jobStatus: job.status });
  if (changed) announce(t("say.job", { status: job.status }));
}

const rowOf = (id: string) => instances.value.rows.find((row) => row.id === id);

function begin(id: string, startedAt: number, more: Partial<Run>): AbortController {
  const stop = new AbortController();
  stops.set(id, stop);
  const run: Run = {
    instanceId: id,
    name: rowOf(id)?.name ?? id,
    startedAt,
    resumed: false,
    stopped: false,
    stretches: [],
    running: true,
    ...more,
  };
  runs.set({ byInstance: { ...runs.value.byInstance, [id]: run } });
  return stop;
}

async function end(id: string, report: SwitchoverReport, error?: unknown): Promise<void> {
  enter(id, "done", report.durationMs);
  stops.delete(id);
  const problem = error === undefined ? undefined : await describe(error);
  patch(id, { report, running: false, problem, before: report.before ?? runOf(id)?.before });
  clearPending(id);
  if (report.after) patchRow(id, { nodes: report.after, rolesAt: Date.now() });
  const { region, endpoint } = session.value.target;
  const name = runOf(id)?.name ?? id;
  remember({ at: Date.now(), name, where: endpoint ?? region ?? "", report });
  announce(`${name}: ${t(endingOf(report).title)}`, report.result !== "swapped");
}

/** Swaps master and standby of an instance: the package sends it once, follows it, and verifies. */
export async function swap(id: string): Promise<void> {
  const dcs = client();
  if (!dcs || runOf(id)?.running) return;
  const stop = begin(id, Date.now(), {});
  announce(t("say.started", { name: rowOf(id)?.name ?? id }));
  let told: SwitchoverReport | undefined;
  try {
    const report = await dcs.switchover({
      instanceId: id,
      intervalMs: INTERVAL_MS,
      signal: stop.signal,
      onEvent: (event: DcsEvent | { type: "report"; report: SwitchoverReport }) => {
        if (event.type === "report") told = event.report;
        else follow(id, event);
      },
    });
    await end(id, report);
  } catch (error) {
    const report = (error as Partial<SwitchoverError>).report ?? told ?? notSent(id, error);
    const stopped = stop.signal.aborted;
    if (stop.signal.reason === WIPED) return leave(id);
    patch(id, { stopped });
    // The reason of a stop says nothing; a failure without a cause is told by the report.
    const cause = (error as { cause?: unknown }).cause;
    const shown = stopped || (error instanceof Error && error.name === "SwitchoverError" && !cause);
    await end(id, report, shown ? undefined : error);
  }
}

/** The report of a switchover that was refused before it began. */
function notSent(id: string, error: unknown): SwitchoverReport {
  return {
    instanceId: id,
    result: "not swapped",
    verified: false,
    outcome: "not_sent",
    reason: error instanceof Error ? error.message : String(error),
    durationMs: Date.now() - (runOf(id)?.startedAt ?? Date.now()),
    attempts: { swap: 0, reads: 0 },
  };
}

export function stopFollowing(id: string): void {
  stops.get(id)?.abort(new Error("stopped by the user"));
}

/** Drops the picture of a switchover that has ended. */
export function dismiss(id: string): void {
  const { [id]: _, ...rest } = runs.value.byInstance;
  runs.set({ byInstance: rest });
}

/** Finds the switchovers again that this page lost sight of, at the place that it is connected to. */
export function resume(): void {
  const { target } = session.value;
  const here = (one: Pending) => one.endpoint === target.endpoint && one.region === target.region;
  for (const pending of left.value.pending.filter(here)) void resumeOne(pending);
  left.set({ pending: left.value.pending.filter((one) => !here(one)) });
}

async function resumeOne(pending: Pending): Promise<void> {
  const dcs = client();
  if (!dcs) return;
  const { instanceId: id, startedAt, jobId } = pending;
  const stop = begin(id, startedAt, { resumed: true, jobId });
  const { signal } = stop;
  const report = await resumeReport(dcs, pending, {
    signal,
    intervalMs: INTERVAL_MS,
    onPhase: (phase) => enter(id, phase, Date.now() - startedAt, pending),
    onJob: (job) => sawJob(id, job),
  });
  if (signal.reason === WIPED) return leave(id);
  patch(id, { stopped: signal.aborted });
  await end(id, report);
}

export function forget(instanceId: string): void {
  clearPending(instanceId);
  left.set({ pending: loadPending() });
}

/** How a switchover ended, in words of the page. */
export function endingOf(report: SwitchoverReport, stopped = false) {
  const { result, outcome, job } = report;
  const ending = (
    name: Ending,
    tone: "good" | "bad" | "open",
    todo: (typeof TODO)[number][] = [],
  ) => ({ title: `end.${name}` as const, text: `end.${name}.text` as const, tone, todo });
  if (stopped && result === "unknown") return ending("stopped", "open", [...UNKNOWN]);
  if (result === "unknown") return ending("unknown", "open", [...UNKNOWN]);
  if (result === "swapped") {
    return outcome === "unknown"
      ? ending("lostSwapped", "good", ["end.lostSwapped.do"])
      : ending("swapped", "good");
  }
  if (outcome === "not_sent") return ending("notSent", "bad");
  if (outcome === "rejected") return ending("rejected", "bad");
  if (outcome === "unknown") return ending("lostUnchanged", "bad", ["end.lostUnchanged.do"]);
  return job?.status === "FAIL" ? ending("jobFailed", "bad") : ending("noChange", "bad");
}

type Ending =
  | "swapped"
  | "lostSwapped"
  | "lostUnchanged"
  | "unknown"
  | "notSent"
  | "rejected"
  | "jobFailed"
  | "noChange"
  | "stopped";
const UNKNOWN = ["end.unknown.do", "end.unknown.do2", "end.unknown.do3"] as const;
const TODO = [...UNKNOWN, "end.lostSwapped.do", "end.lostUnchanged.do"] as const;
