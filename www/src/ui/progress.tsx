import { t } from "../i18n/index.ts";
import type { Run } from "../state/runs.ts";
import { seconds } from "../i18n/index.ts";
import { stopFollowing } from "../state/switchover.ts";
import { useElapsed } from "./strip.tsx";

/** A switchover under way, in a line under the title: where it is, for how long, and the way out of following it. */
export function Progress({ run }: { run: Run }) {
  const elapsed = useElapsed(run.since, true);
  const phase = run.stretches.at(-1)?.phase;
  const failed = run.job?.status === "FAIL";
  return (
    <section class={failed ? "progress bad" : "progress"} aria-labelledby="progress-title">
      <div>
        <h3 id="progress-title">{t("progress.title")}</h3>
        <p>
          {phase && (
            <>
              <strong>{t(`phase.${phase}`)}</strong> {phase !== "done" && t(`phase.${phase}.text`)}
            </>
          )}
        </p>
        {failed && (
          <p class="job-failed">
            <strong>
              {run.job?.fail_reason
                ? t("progress.jobFailedWhy", { reason: run.job.fail_reason })
                : t("progress.jobFailed")}
            </strong>{" "}
            {t("progress.jobFailedText")}
          </p>
        )}
      </div>
      <strong class="elapsed" role="timer" aria-live="off">
        {seconds(elapsed, 1)}
      </strong>
      <div class="stop">
        <button
          type="button"
          class="quiet"
          aria-describedby="stop-hint"
          onClick={() => stopFollowing(run.key)}
        >
          {t("stage.stop")}
        </button>
        <p id="stop-hint" class="hint">
          {t("stage.stopHint")}
        </p>
      </div>
    </section>
  );
}
