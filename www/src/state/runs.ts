import type { JobInfo, NodeRole, SwitchoverPhase } from "huaweicloud-dcs";
import type { Key } from "../i18n/index.ts";
import type { Goal, Intent, Report } from "./core.ts";
import { type Tone, endingOf } from "./ending.ts";
import type { Problem } from "./problem.ts";
import { Store } from "./store.ts";
import { listen, tell } from "./tabs.ts";
import { type Target, keyOf, placeOf } from "./target.ts";

/** A phase with its times, in milliseconds since the switchover began. */
export interface Stretch {
  phase: SwitchoverPhase;
  from: number;
  to?: number;
}

/** A switchover that this tab follows, or has followed to its end. */
export interface Run {
  key: string;
  instanceId: string;
  name: string;
  target: Target;
  /** Milliseconds since 1970, and of this page's clock. */
  startedAt: number;
  since: number;
  /** Found again: after a reload, or after it was no longer followed. */
  resumed: boolean;
  /** The user stopped following. */
  stopped: boolean;
  /** Its report is that of an earlier switchover: what was confirmed was not sent. */
  instead?: boolean;
  stretches: Stretch[];
  job?: JobInfo;
  jobId?: string;
  before?: NodeRole[];
  to?: Goal;
  /** What was written down before the swap left: with it the switchover can be followed again. */
  intent?: Intent;
  journalKey?: string;
  requestIds: string[];
  report?: Report;
  problem?: Problem;
  running: boolean;
  /** Somebody has looked at its end. */
  seen: boolean;
}

/** Of a run, what another tab is told. */
export interface Told {
  tab: string;
  key: string;
  instanceId: string;
  name: string;
  place: string;
  startedAt: number;
  phase?: SwitchoverPhase;
  running: boolean;
  title?: Key;
  tone?: Tone;
  durationMs?: number;
  after?: NodeRole[];
  /** Its tab no longer answers. */
  silent?: boolean;
}

export const runs = new Store<{ byKey: Record<string, Run>; others: Told[] }>({
  byKey: {},
  others: [],
});

export const runAt = (key: string): Run | undefined => runs.value.byKey[key];

export function runOf(target: Target, instanceId: string): Run | undefined {
  return runAt(keyOf(target, instanceId));
}

export function isRunning(): boolean {
  return Object.values(runs.value.byKey).some((run) => run.running);
}

/** The switchover of an instance that another tab follows. */
export function elsewhere(others: Told[], key: string): Told | undefined {
  return others.find((one) => one.key === key && one.running && !one.silent);
}

export function putRun(run: Run): void {
  runs.set({ byKey: { ...runs.value.byKey, [run.key]: run } });
  publish(run);
}

export function patchRun(key: string, change: Partial<Run>): void {
  const run = runAt(key);
  if (run) putRun({ ...run, ...change });
}

export function dropRun(key: string): void {
  const { [key]: _, ...rest } = runs.value.byKey;
  runs.set({ byKey: rest });
  tell("seen", { key });
}

/** Its end was looked at: it leaves the strip, in every tab. */
export function sawEnd(key: string): void {
  const run = runAt(key);
  if (run && !run.running && !run.seen) patchRun(key, { seen: true });
  tell("seen", { key });
  forgetOther(key);
}

function forgetOther(key: string): void {
  const others = runs.value.others.filter((one) => one.key !== key || (one.running && !one.silent));
  if (others.length < runs.value.others.length) runs.set({ others });
}

function told(run: Run): Omit<Told, "tab"> {
  const { key, instanceId, name, target, startedAt, running, report } = run;
  const ending = report && endingOf(report, run);
  return {
    key,
    instanceId,
    name,
    place: placeOf(target),
    startedAt,
    phase: run.stretches.at(-1)?.phase,
    running,
    ...(report && {
      title: ending?.title,
      tone: ending?.tone,
      durationMs: report.durationMs,
      after: report.after,
    }),
  };
}

function publish(run: Run): void {
  tell("run", told(run));
}

/** Milliseconds between two questions to tabs whose switchover is under way, and after which silence tells. */
const ASK_MS = 5_000;
const SILENT_MS = 12_000;
const heard = new Map<string, number>();

/** Listens to the other tabs. `onEnd` is told of the roles that one of them has seen at the end of a switchover. */
export function watchTabs(onEnd: (one: Told) => void): void {
  listen(({ tab, kind, body }) => {
    if (kind === "hello") {
      for (const run of Object.values(runs.value.byKey)) if (run.running || !run.seen) publish(run);
    } else if (kind === "run") {
      heard.set(tab, performance.now());
      const one = { ...(body as Omit<Told, "tab">), tab };
      const rest = runs.value.others.filter((other) => other.key !== one.key);
      runs.set({ others: [...rest, one] });
      if (!one.running) onEnd(one);
    } else if (kind === "seen") {
      const { key } = body as { key: string };
      forgetOther(key);
      const run = runAt(key);
      if (run && !run.running && !run.seen) patchRun(key, { seen: true });
    } else if (kind === "bye") {
      hush((one) => one.tab === tab);
    }
  });
  setInterval(() => {
    if (!runs.value.others.some((one) => one.running && !one.silent)) return;
    tell("hello");
    const now = performance.now();
    hush((one) => now - (heard.get(one.tab) ?? 0) > SILENT_MS);
  }, ASK_MS);
  addEventListener("pagehide", () => tell("bye"));
  tell("hello");
}

function hush(of: (one: Told) => boolean): void {
  const { others } = runs.value;
  if (!others.some((one) => one.running && !one.silent && of(one))) return;
  runs.set({
    others: others.map((one) => (one.running && of(one) ? { ...one, silent: true } : one)),
  });
}
