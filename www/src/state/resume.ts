import type {
  DcsClient,
  JobInfo,
  NodeRole,
  Outcome,
  SwitchoverPhase,
  SwitchoverReport,
} from "huaweicloud-dcs";
import { t } from "../i18n/index.ts";
import { masterOf, readGroups } from "./nodes.ts";
import type { Pending } from "./pending.ts";

/** How long the roles may take to change. */
const VERIFY_MS = 60_000;

export interface ResumeOptions {
  signal: AbortSignal;
  intervalMs: number;
  onPhase: (phase: SwitchoverPhase) => void;
  onJob: (job: JobInfo) => void;
}

/** What became of a switchover that a reload interrupted: follows its job if its id is known, and reads the roles. */
export async function resumeReport(
  dcs: DcsClient,
  pending: Pending,
  options: ResumeOptions,
): Promise<SwitchoverReport> {
  const { instanceId, jobId, masterBefore } = pending;
  const reads = { count: 0 };
  const report = (
    result: SwitchoverReport["result"],
    reason: string,
    more: Partial<SwitchoverReport>,
  ): SwitchoverReport => ({
    instanceId,
    result,
    verified: false,
    outcome: outcomeOf(pending),
    reason,
    durationMs: Date.now() - pending.startedAt,
    // How many requests were sent before the reload is not known; the swap was at most one.
    attempts: { swap: pending.phase === "check" ? 0 : 1, reads: reads.count },
    ...more,
  });
  let job: JobInfo | undefined;
  try {
    if (jobId) {
      options.onPhase("follow");
      job = await lastState(dcs, jobId, options, reads);
    }
    options.onPhase(jobId ? "verify" : "find_out");
    // A swap that never left needs no waiting; a job that ended has changed the roles already or will at once.
    const waitMs = pending.phase === "check" ? 0 : VERIFY_MS;
    const after = await rolesAfter(dcs, pending, waitMs, options, reads);
    const now = masterOf(after)?.nodeId;
    if (masterBefore && now && now !== masterBefore) {
      return report("swapped", t("resume.swapped"), { verified: true, after, job });
    }
    const unchanged = masterBefore !== undefined && now === masterBefore;
    if (pending.phase === "check") {
      return report("not swapped", t("end.notSent.text"), { after, verified: unchanged });
    }
    // A lost swap may still be at work in an instance that is not RUNNING.
    const settled = job?.status === "FAIL" || job?.status === "SUCCESS" || (!jobId && unchanged);
    const { status } = await dcs.showInstance({ instanceId, signal: options.signal });
    reads.count++;
    if (unchanged && settled && status === "RUNNING") {
      const key = job?.status === "FAIL" ? "resume.failed" : "resume.unchanged";
      return report("not swapped", t(key), { verified: true, after, job });
    }
    return report("unknown", t("resume.unknown"), { after, job });
  } catch (error) {
    const why = error instanceof Error ? ` (${error.message})` : "";
    return report("unknown", t("resume.unknown") + why, { job });
  }
}

function outcomeOf({ phase, jobId }: Pending): Outcome {
  if (phase === "check") return "not_sent";
  return jobId ? "accepted" : "unknown";
}

/** Follows a job to its end; a failed job is an end too. */
async function lastState(
  dcs: DcsClient,
  jobId: string,
  { signal, intervalMs, onJob }: ResumeOptions,
  reads: { count: number },
): Promise<JobInfo | undefined> {
  let last: JobInfo | undefined;
  try {
    for await (const job of dcs.followJob(jobId, { signal, intervalMs })) {
      reads.count++;
      last = job;
      onJob(job);
    }
  } catch (error) {
    if (signal.aborted) throw error;
    // followJob throws for a failed job; its error carries the state.
    const { job } = error as { job?: JobInfo };
    if (job) onJob(job);
    return job ?? last;
  }
  return last;
}

/** The roles, read until another node is master or time is up. */
async function rolesAfter(
  dcs: DcsClient,
  { instanceId, masterBefore }: Pending,
  waitMs: number,
  { signal, intervalMs }: ResumeOptions,
  reads: { count: number },
): Promise<NodeRole[] | undefined> {
  const deadline = performance.now() + waitMs;
  let nodes: NodeRole[] | undefined;
  for (;;) {
    try {
      [nodes] = readGroups(await dcs.listGroupReplicationInfo({ instanceId, signal }));
    } catch (error) {
      if (signal.aborted || performance.now() > deadline) throw error;
    }
    reads.count++;
    const now = masterOf(nodes)?.nodeId;
    const changed = now !== undefined && now !== masterBefore;
    if (!masterBefore || changed || performance.now() > deadline) return nodes;
    await pause(intervalMs, signal);
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    });
  });
}
