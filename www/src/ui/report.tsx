import type { NodeRole, SwitchoverReport } from "huaweicloud-dcs";
import { seconds, t } from "../i18n/index.ts";
import { readRoles } from "../state/instances.ts";
import { inPlace } from "../state/nodes.ts";
import { type Run, dismiss, endingOf } from "../state/switchover.ts";
import { CopyButton, Fact, ProblemCard, outcomeText } from "./common.tsx";
import { download } from "./files.ts";

/** What happened, how it is known, and what to do. */
export function Report({ run, report }: { run: Run; report: SwitchoverReport }) {
  const ending = endingOf(report, run.stopped);
  const json = () => JSON.stringify(report, null, 2);
  const save = () => download(`switchover-${report.instanceId}.json`, "application/json", json());
  return (
    <section class={`report ${ending.tone}`} aria-labelledby="report-title">
      <header>
        <span class="seal" aria-hidden="true" />
        <div>
          <h3 id="report-title">{t(ending.title)}</h3>
          <p class="verified">{t(report.verified ? "report.verified" : "report.unverified")}</p>
        </div>
      </header>
      <p>{run.resumed ? report.reason : t(ending.text)}</p>
      {ending.todo.length > 0 && (
        <div class="todo">
          <strong>{t("error.do")}</strong>
          <ul>
            {ending.todo.map((key) => (
              <li key={key}>{t(key)}</li>
            ))}
          </ul>
        </div>
      )}
      {run.problem && <ProblemCard problem={run.problem} title="report.error" />}
      <div class="compare">
        <Nodes label={t("report.before")} nodes={report.before ?? run.before} />
        <Nodes label={t("report.after")} nodes={report.after} />
      </div>
      <dl class="facts">
        <Fact label="report.outcome" value={outcomeText(report.outcome)} />
        <Fact label="report.duration" value={seconds(report.durationMs)} />
        <Fact label="report.requests" value={t("report.requestsValue", report.attempts)} />
        {report.job && (
          <Fact
            label="report.job"
            value={
              <>
                {report.job.status} <code>{report.job.job_id}</code>
                {report.job.fail_reason && ` ${report.job.fail_reason}`}
              </>
            }
          />
        )}
        {!run.resumed && <Fact label="report.words" value={<q lang="en">{report.reason}</q>} />}
      </dl>
      <div class="actions">
        <CopyButton text={json} label="report.copy" />
        <button type="button" class="quiet" onClick={save}>
          {t("report.download")}
        </button>
        {!report.verified && (
          <button type="button" onClick={() => void readRoles(report.instanceId)}>
            {t("stage.roles")}
          </button>
        )}
        <button type="button" class="quiet end" onClick={() => dismiss(report.instanceId)}>
          {t("error.dismiss")}
        </button>
      </div>
    </section>
  );
}

function Nodes({ label, nodes }: { label: string; nodes: NodeRole[] | undefined }) {
  return (
    <div>
      <h4>{label}</h4>
      {nodes ? (
        <ul role="list">
          {inPlace(nodes).map((node) => (
            <li key={node.nodeId} class={node.role}>
              <span class="lamp" aria-hidden="true" />
              <span class="role">{t(`role.${node.role}`)}</span>
              <code>{node.ip ?? node.nodeId.slice(0, 8)}</code>
              <span class="zone">{node.azCode}</span>
            </li>
          ))}
        </ul>
      ) : (
        <p class="quiet-text">{t("report.unread")}</p>
      )}
    </div>
  );
}
