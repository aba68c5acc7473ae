/** For a package that does not yet check, expect a master and resume by itself: the same, by single calls. */
import type { DcsClient, InstanceInfo, JobInfo, NodeRole, SwitchoverPhase } from "huaweicloud-dcs";
import type {
  Doubt,
  Goal,
  Intent,
  Plan,
  Report,
  ResumeOptions,
  SwapOptions,
  Told,
} from "./core.ts";
import { masterOf, modeOf, readGroups, standbysOf } from "./nodes.ts";
import { randomId } from "./tabs.ts";

/** Reads instance and roles, and says what a switchover would do. */
export async function checkByReads(
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

/** Swaps once, follows, verifies; one that was begun and not proven is found out instead. */
export async function swapChecked(dcs: DcsClient, options: SwapOptions): Promise<Report> {
  const { to, expectedMaster, journal, ...rest } = options;
  const { instanceId } = rest;
  const started = performance.now();
  const key = `-/${location.host}/${instanceId}`;
  const done = async (report: Report) => {
    if (report.result !== "unknown") await journal.remove(key);
    return report;
  };
  const open = await journal.read(key);
  if (open) return done(await resumeByReads(dcs, open, options));
  const plan = await checkByReads(dcs, { instanceId, to, signal: options.signal });
  const moved = expectedMaster && plan.master && plan.master.nodeId !== expectedMaster;
  if (plan.result !== "swap" || moved) {
    return {
      instanceId,
      result: plan.result === "already" ? "already" : "not swapped",
      verified: plan.result === "already",
      outcome: "not_sent",
      reason: moved ? "another node is master than the one that was expected" : plan.reason,
      before: plan.before,
      durationMs: performance.now() - started,
      attempts: { swap: 0, reads: 2 },
    };
  }
  const intent: Intent = {
    version: 1,
    id: randomId(),
    instanceId,
    startedAt: new Date().toISOString(),
    state: "sending",
    before: plan.before ?? [],
  };
  await journal.write(key, intent);
  try {
    const onJob = (jobId: string) => journal.write(key, { ...intent, state: "accepted", jobId });
    return await done(await swapNoted(dcs, rest, onJob));
  } catch (error) {
    const { report } = error as { report?: Report };
    if (report) await done(report);
    throw error;
  }
}

/** Swaps; the job is noted when it is known, and a doubt by what the swap was answered. */
async function swapNoted(
  dcs: DcsClient,
  options: Omit<SwapOptions, "to" | "expectedMaster" | "journal">,
  onJob: (jobId: string) => Promise<void>,
): Promise<Report> {
  let status: number | undefined;
  let jobId: string | undefined;
  const onEvent = (event: Told) => {
    if (event.type === "response" && event.operation === "changeMasterStandbyAsync") {
      status = event.httpStatusCode;
    }
    if (event.type === "job" && !jobId) {
      jobId = event.job.job_id;
      void onJob(jobId);
    }
    options.onEvent(event);
  };
  try {
    const report: Report = await dcs.switchover({ ...options, onEvent });
    return { ...report, ...doubtOf(report, status) };
  } catch (error) {
    const { report } = error as { report?: Report };
    if (report) Object.assign(report, doubtOf(report, status));
    throw error;
  }
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

/** How long the roles may take to change. */
const VERIFY_MS = 60_000;

/** Finds out by reads alone what became of a switchover: follows its job if its id is known, and reads the roles. */
export async function resumeByReads(
  dcs: DcsClient,
  intent: Intent,
  { signal, intervalMs, onEvent }: ResumeOptions,
): Promise<Report> {
  const { instanceId, jobId, before } = intent;
  const startedAt = Date.parse(intent.startedAt);
  const elapsed = () => Date.now() - startedAt;
  const phase = (phase: SwitchoverPhase) =>
    onEvent({ type: "phase", phase, elapsedMs: elapsed(), instanceId });
  let job: JobInfo | undefined;
  let after: NodeRole[] | undefined;
  let reads = 0;
  if (jobId) {
    phase("follow");
    try {
      for await (const state of dcs.followJob(jobId, { signal, intervalMs })) {
        reads++;
        job = state;
        onEvent({ type: "job", job, elapsedMs: elapsed(), instanceId });
      }
    } catch (error) {
      if (signal.aborted) throw error;
      job = (error as { job?: JobInfo }).job ?? job;
      if (job) onEvent({ type: "job", job, elapsedMs: elapsed(), instanceId });
    }
  }
  phase(jobId ? "verify" : "find_out");
  const deadline = performance.now() + VERIFY_MS;
  const was = masterOf(before)?.nodeId;
  let now: string | undefined;
  for (;;) {
    [after] = readGroups(await dcs.listGroupReplicationInfo({ instanceId, signal }));
    reads++;
    now = masterOf(after)?.nodeId;
    if ((now && now !== was) || performance.now() > deadline) break;
    await new Promise((resolve) => setTimeout(resolve, intervalMs));
    signal.throwIfAborted();
  }
  const swapped = now !== undefined && was !== undefined && now !== was;
  const failed = job?.status === "FAIL" && now === was;
  return {
    instanceId,
    result: swapped ? "swapped" : failed ? "not swapped" : "unknown",
    verified: swapped || failed,
    outcome: jobId ? "accepted" : "unknown",
    ...(!jobId && { doubt: "lost" as const }),
    reason: swapped ? "the roles were read again and have changed" : "the roles are as before",
    before,
    after,
    job,
    durationMs: elapsed(),
    attempts: { swap: 1, reads },
    resumed: true,
  };
}
