import { clock, seconds, t } from "../i18n/index.ts";
import type { Run } from "../state/runs.ts";
import { Status } from "./common.tsx";
import { useElapsed } from "./strip.tsx";

/** The phases of a switchover, each as a stretch of one line of time. */
export function Timeline({ run }: { run: Run }) {
  const elapsed = useElapsed(run.since, run.running);
  const total = run.report?.durationMs ?? elapsed;
  const share = (ms: number) => `${Math.min(100, (ms / Math.max(total, 1)) * 100).toFixed(2)}%`;
  return (
    <section class="timeline" aria-labelledby="timeline-title">
      <header>
        <h3 id="timeline-title">{t("timeline.title")}</h3>
        <p>
          {t("timeline.started", { time: clock(run.startedAt) })} ·{" "}
          <strong>{seconds(total, run.running ? 1 : 2)}</strong>
        </p>
      </header>
      <ol role="list">
        {run.stretches.map(({ phase, from, to }) => {
          const until = to ?? Math.max(total, from);
          return (
            <li key={`${phase}-${from}`} class={to === undefined ? "stretch now" : "stretch"}>
              <span class="phase">
                <strong>{t(`phase.${phase}`)}</strong>{" "}
                {phase !== "done" && <small>{t(`phase.${phase}.text`)}</small>}
              </span>
              <span class="span" aria-hidden="true">
                <span
                  class={`bar ${phase}`}
                  style={{ marginInlineStart: share(from), inlineSize: share(until - from) }}
                />
              </span>
              <span class="at">
                <span class="sr-only">{t("timeline.start")} </span>+{seconds(from)}
              </span>
              <span class="took">
                {phase !== "done" && (
                  <>
                    <span class="sr-only">{t("timeline.took")} </span>
                    {seconds(until - from)}
                  </>
                )}
              </span>
            </li>
          );
        })}
      </ol>
      {run.jobId && (
        <p class="job">
          {t("timeline.job")} <code>{run.jobId}</code>
          {run.job && <Status value={run.job.status} of="job" />}
          {run.job?.fail_reason && <span>{run.job.fail_reason}</span>}
        </p>
      )}
    </section>
  );
}
