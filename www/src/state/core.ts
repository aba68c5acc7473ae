import type {
  DcsClient,
  DcsEvent,
  InstanceInfo,
  JobInfo,
  NodeRole,
  Outcome,
  SwitchoverReport,
} from "huaweicloud-dcs";
import { masterOf, modeOf, readGroups, standbysOf } from "./nodes.ts";
import { resumeReport } from "./resume.ts";

/** Where the master shall be. */
export type Goal = { nodeId: string } | { zone: string } | { awayFromZone: string };

export type Doubt = "lost" | "busy" | "refusal_not_known" | "unusable_answer" | "late";

/** What happened, and how it is known. */
export type Report = Omit<SwitchoverReport, "result"> & {
  result: SwitchoverReport["result"] | "already";
  doubt?: Doubt;
  resumed?: true;
};

/** What a switchover would do, from reads alone. */
export interface Plan {
  instanceId: string;
  result: "swap" | "already" | "not_sent";
  reason: string;
  before?: NodeRole[];
  master?: NodeRole;
  candidates: NodeRole[];
}

/** What is written down of a switchover before its swap leaves. */
export interface Intent {
  version: 1;
  id: string;
  instanceId: string;
  startedAt: string;
  state: "sending" | "accepted";
  before?: NodeRole[];
  jobId?: string;
  to?: Goal;
  expectedMaster?: string;
}

export interface Journal {
  read(key: string): Promise<Intent | undefined>;
  write(key: string, record: Intent): Promise<void>;
  remove(key: string): Promise<void>;
}

export type Told =
  DcsEvent | { type: "job"; job: JobInfo } | { type: "report"; report: SwitchoverReport };

export interface SwapOptions {
  instanceId: string;
  to?: Goal;
  expectedMaster?: string;
  journal: Journal;
  intervalMs: number;
  signal: AbortSignal;
  onEvent: (event: Told) => void;
}

/** Reads instance and roles, and says what a switchover would do. */
export async function check(
  dcs: DcsClient,
  options: { instanceId: string; to?: Goal; signal?: AbortSignal },
): Promise<Plan> {
  const { instanceId, signal } = options;
  const [info, answer] = await Promise.all([
    dcs.showInstance({ instanceId, signal }),
    dcs.listGroupReplicationInfo({ instanceId, signal }),
  ]);
  return planOf(info, readGroups(answer), options.to);
}

const inGoal = (goal: Goal, node: NodeRole) =>
  "nodeId" in goal
    ? node.nodeId === goal.nodeId
    : "zone" in goal
      ? node.azCode === goal.zone
      : node.azCode !== goal.awayFromZone;

function planOf(info: InstanceInfo, groups: NodeRole[][], goal: Goal | undefined): Plan {
  const [nodes = []] = groups;
  const master = masterOf(nodes);
  const candidates = standbysOf(nodes).filter((node) => node.status === "Active");
  const plan = (result: Plan["result"], reason: string): Plan => ({
    instanceId: info.instance_id,
    result,
    reason,
    before: nodes,
    master,
    candidates,
  });
  if (info.status !== "RUNNING")
    return plan("not_sent", `the instance is ${info.status}, not RUNNING`);
  const mode = modeOf(info) ?? "ha";
  if (mode !== "ha" && mode !== "ha_rw_split") {
    return plan(
      "not_sent",
      `the instance is of mode ${mode}; only ha and ha_rw_split can be swapped`,
    );
  }
  if (groups.length !== 1) {
    return plan("not_sent", `the instance has ${groups.length} groups of nodes, not one`);
  }
  if (!master) return plan("not_sent", "its nodes have no single master");
  if (goal && inGoal(goal, master)) return plan("already", "the master is there already");
  if (candidates.length === 0) {
    return plan("not_sent", "it has no active standby node to take over");
  }
  if (goal && !candidates.every((node) => inGoal(goal, node))) {
    return plan("not_sent", "not every standby that could take over meets the goal");
  }
  return plan("swap", "the roles allow it");
}

/** Swaps once, follows, verifies. */
export async function swapOnce(dcs: DcsClient, options: SwapOptions): Promise<Report> {
  const { to, expectedMaster, journal, onEvent, ...rest } = options;
  const started = performance.now();
  const plan = await check(dcs, { instanceId: rest.instanceId, to });
  const moved = expectedMaster && plan.master && plan.master.nodeId !== expectedMaster;
  if (plan.result !== "swap" || moved) {
    return {
      instanceId: rest.instanceId,
      result: plan.result === "already" ? "already" : "not swapped",
      verified: plan.result === "already",
      outcome: "not_sent",
      reason: moved ? "another node is master than the one that was expected" : plan.reason,
      before: plan.before,
      durationMs: performance.now() - started,
      attempts: { swap: 0, reads: 2 },
    };
  }
  let intent: Intent = {
    version: 1,
    id: String(Date.now()),
    instanceId: rest.instanceId,
    startedAt: new Date().toISOString(),
    state: "sending",
    before: plan.before,
  };
  await journal.write(rest.instanceId, intent);
  let status: number | undefined;
  const report: Report = await dcs
    .switchover({
      ...rest,
      onEvent: (event: Told) => {
        if (event.type === "response" && event.operation === "changeMasterStandbyAsync") {
          status = event.httpStatusCode;
        }
        if (event.type === "job" && !intent.jobId) {
          intent = { ...intent, state: "accepted", jobId: event.job.job_id };
          void journal.write(rest.instanceId, intent);
        }
        onEvent(event);
      },
    } as Parameters<DcsClient["switchover"]>[0])
    .catch((error: unknown) => {
      const { report } = error as { report?: Report };
      if (report) Object.assign(report, doubtOf(report, status));
      throw error;
    });
  return { ...report, ...doubtOf(report, status) };
}

function doubtOf({ outcome, result, job }: Report, status: number | undefined): { doubt?: Doubt } {
  if (outcome === "accepted") {
    return result === "unknown" && job?.status === "RUNNING" ? { doubt: "late" } : {};
  }
  if (outcome !== "unknown") return {};
  if (status === undefined) return { doubt: "lost" };
  if (status < 400) return { doubt: "unusable_answer" };
  return { doubt: status === 400 || status === 409 ? "busy" : "refusal_not_known" };
}

/** Finds out by reads alone what became of a switchover. */
export async function resumeOnce(
  dcs: DcsClient,
  intent: Intent,
  options: Pick<SwapOptions, "intervalMs" | "signal" | "onEvent">,
): Promise<Report> {
  return await resumeReport(dcs, intent, options);
}

export type { NodeRole, Outcome };
