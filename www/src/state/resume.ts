import type { DcsClient, JobInfo, NodeRole, SwitchoverPhase } from "huaweicloud-dcs";
import type { Intent, Report, SwapOptions } from "./core.ts";
import { masterOf, readGroups } from "./nodes.ts";

/** How long the roles may take to change. */
const VERIFY_MS = 60_000;

/** Finds out by reads alone what became of a switchover: follows its job if its id is known, and reads the roles. */
export async function resumeReport(
  dcs: DcsClient,
  intent: Intent,
  { signal, intervalMs, onEvent }: Pick<SwapOptions, "intervalMs" | "signal" | "onEvent">,
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
