import { zonesOf } from "./choice.ts";
import type { Goal, Plan, Report } from "./core.ts";
import type { Ending } from "./ending.ts";
import { fleet, rowOf } from "./fleet.ts";
import { refusalOf } from "./nodes.ts";
import { type Problem, describe } from "./problem.ts";
import { client, session } from "./session.ts";
import { Store } from "./store.ts";
import { isUnsettled, keyHere, stopFollowing, swap } from "./switchover.ts";

/** What shall become of each instance of a plan: its master anywhere else, or away from a zone, or in one. */
export type Aim =
  { kind: "swap" } | { kind: "away"; zone: string } | { kind: "into"; zone: string };

/** One instance of a plan. */
export interface Line {
  id: string;
  /** The check reads roles and status; nothing is sent. */
  plan?: Plan;
  problem?: Problem;
  /** An earlier switchover of it is under way or in doubt: it is left out until somebody has settled that. */
  unsettled?: boolean;
  /** `left`: begun, and no longer followed. */
  state: "checking" | "planned" | "waiting" | "running" | "done" | "left" | "skipped";
  report?: Report;
  ending?: Ending;
}

export interface PlanState {
  aim: Aim;
  lines: Line[];
  stage: "none" | "checking" | "planned" | "running" | "done";
  /** Switchovers under way at once. */
  concurrency: number;
  stopOnFailure: boolean;
  startedAt?: number;
  /** Where the page was connected to when it was made. */
  place?: string;
}

const none: PlanState = {
  aim: { kind: "swap" },
  lines: [],
  stage: "none",
  concurrency: 4,
  stopOnFailure: true,
  startedAt: undefined,
  place: undefined,
};

export const plan = new Store<PlanState>(none);

/** Checks at once; each is two reads. */
const CHECKERS = 6;
let turn = new AbortController();

function patchLine(id: string, patch: Partial<Line>): void {
  plan.set({
    lines: plan.value.lines.map((line) => (line.id === id ? { ...line, ...patch } : line)),
  });
}

const goalOf = (aim: Aim): Goal | undefined =>
  aim.kind === "away"
    ? { awayFromZone: aim.zone }
    : aim.kind === "into"
      ? { zone: aim.zone }
      : undefined;

/** Works through ids, some at once, until `more` says no. */
async function each(
  ids: string[],
  atOnce: number,
  more: () => boolean,
  work: (id: string) => Promise<void>,
): Promise<void> {
  const queue = [...ids];
  const worker = async () => {
    for (let id; more() && (id = queue.shift());) await work(id);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

/** Checks each instance, and says what a switchover would do. */
export async function makePlan(ids: string[], aim: Aim): Promise<void> {
  turn.abort();
  turn = new AbortController();
  const { signal } = turn;
  const lines = ids.map((id): Line => ({ id, state: "checking" }));
  plan.set({ aim, lines, stage: "checking", startedAt: undefined, place: keyHere("") });
  const to = goalOf(aim);
  await each(
    ids,
    CHECKERS,
    () => !signal.aborted,
    async (id) => {
      const dcs = client();
      if (!dcs) return;
      if (isUnsettled(id)) return patchLine(id, { unsettled: true, state: "planned" });
      try {
        const made = await dcs.checkSwitchover({ instanceId: id, to, signal });
        if (!signal.aborted) patchLine(id, { plan: made, state: "planned" });
      } catch (error) {
        const problem = await describe(error);
        if (!signal.aborted) patchLine(id, { problem, state: "planned" });
      }
    },
  );
  if (!signal.aborted) plan.set({ stage: "planned" });
}

/** Every instance with a node in a zone that could be swapped, for all that the list says. */
export function inZone(zone: string): string[] {
  const { known, ids } = fleet.value;
  return ids.filter((id) => {
    const row = known[id];
    return row && zonesOf(row).includes(zone) && !refusalOf(row.info);
  });
}

/** Those of the plan that would be swapped. */
export const toSwap = (lines: Line[]) =>
  lines.filter((line) => line.plan?.result === "swap" && !line.unsettled);

/** Swaps what the plan says, each with the master that was shown. */
export async function startPlan(): Promise<void> {
  if (plan.value.stage !== "planned") return;
  const { aim, concurrency } = plan.value;
  const ids = toSwap(plan.value.lines).map((line) => line.id);
  const lines = plan.value.lines.map((line) =>
    ids.includes(line.id) ? { ...line, state: "waiting" as const } : line,
  );
  plan.set({ stage: "running", startedAt: Date.now(), lines });
  const { signal } = turn;
  let failed = false;
  const more = () => !signal.aborted && !(failed && plan.value.stopOnFailure);
  await each(ids, concurrency, more, async (id) => {
    const expectedMaster = plan.value.lines.find((line) => line.id === id)?.plan?.master?.nodeId;
    if (isUnsettled(id)) return patchLine(id, { unsettled: true, state: "skipped" });
    patchLine(id, { state: "running" });
    const came = await swap(id, { expectedMaster, to: goalOf(aim) });
    if (typeof came === "object") patchLine(id, { state: "done", ...came });
    else patchLine(id, { state: came === "left" ? "left" : "skipped" });
    failed ||= typeof came !== "object" || came.ending.tone !== "good";
  });
  plan.set({
    stage: "done",
    lines: plan.value.lines.map((line) =>
      line.state === "waiting" ? { ...line, state: "skipped" } : line,
    ),
  });
}

/** Begins no further one; what is under way is followed to its end. */
export function holdPlan(): void {
  turn.abort();
}

/** Follows none of them any longer. */
export function leavePlan(): void {
  holdPlan();
  for (const { id, state } of plan.value.lines) if (state === "running") stopFollowing(keyHere(id));
}

export function forgetPlan(): void {
  if (plan.value.stage === "running") return;
  turn.abort();
  plan.set(none);
}

/**
 * A plan ends with its session: one that has not begun is forgotten, of one that has begun no further one begins. What
 * came of that stays to be read until the page is connected to another place.
 */
export function watchPlan(): void {
  session.subscribe(() => {
    const { stage, place } = plan.value;
    if (stage === "none") return;
    if (session.value.connected) {
      if (stage !== "running" && place !== keyHere("")) forgetPlan();
    } else if (stage === "running") holdPlan();
    else if (stage !== "done") forgetPlan();
  });
}

const UNSETTLED = "what an earlier switchover of this instance came to is not settled";

/** One report of all. */
export function planReport(): string {
  const { aim, lines, startedAt } = plan.value;
  const list = lines.map(({ id, plan, unsettled, state, report, problem }) => ({
    instanceId: id,
    name: rowOf(id)?.name,
    planned: unsettled ? "unsettled" : (plan?.result ?? "failed"),
    reason: unsettled ? UNSETTLED : (plan?.reason ?? problem?.message),
    state,
    report,
  }));
  const at = startedAt === undefined ? undefined : new Date(startedAt).toISOString();
  return JSON.stringify({ startedAt: at, aim, instances: list }, null, 2);
}
