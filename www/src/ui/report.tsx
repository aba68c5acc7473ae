import type { NodeRole } from "huaweicloud-dcs";
import { seconds, t } from "../i18n/index.ts";
import type { Report as SwitchoverReport } from "../state/core.ts";
import { endingOf } from "../state/ending.ts";
import { inPlace } from "../state/nodes.ts";
import type { Problem } from "../state/problem.ts";
import { dropRun } from "../state/runs.ts";
import { CopyButton, Fact, ProblemCard, Status, outcomeText } from "./common.tsx";
import { download } from "./files.ts";

/** What a report is of: a switchover of this tab, or one of the history. */
interface Of {
  /** To take it away, where it can be. */
  key?: string;
  stopped: boolean;
  instead?: boolean;
  resumed: boolean;
  requestIds: string[];
  before?: NodeRole[];
  problem?: Problem;
}

/** What happened, how it is known, and what to do. */
export function Report({ run, report }: { run: Of; report: SwitchoverReport }) {
  const ending = endingOf(report, run);
  const json = () => JSON.stringify(report, null, 2);
  const save = () => download(`switchover-${report.instanceId}.json`, "application/json", json());
  const { key } = run;
  return (
    <section class={`report ${ending.tone}`} aria-labelledby="report-title">
      <header>
        <span class="seal" aria-hidden="true" />
        <div>
          <h3 id="report-title" tabIndex={-1}>
            {t(ending.title)}
          </h3>
          <p class="verified">
            {t(report.verified ? "report.verified" : "report.unverified")}{" "}
            {run.resumed && <span class="tag">{t("resume.found")}</span>}
          </p>
        </div>
      </header>
      <p>{ending.text.map((text) => t(text)).join(" ")}</p>
      {ending.todo.length > 0 && (
        <div class="todo">
          <strong>{t("error.do")}</strong>
          <ul>
            {ending.todo.map((text) => (
              <li key={text}>{t(text)}</li>
            ))}
          </ul>
        </div>
      )}
      {run.problem && <ProblemCard problem={run.problem} title="report.error" />}
      <div class="compare">
        <Nodes label={t("report.before")} nodes={report.before ?? run.before} />
        <Nodes label={t("report.after")} nodes={report.after} />
      </div>
      <Facts run={run} report={report} />
      <div class="actions">
        <CopyButton text={json} label="report.copy" />
        <button type="button" class="quiet" onClick={save}>
          {t("report.download")}
        </button>
        {key && !ending.open && (
          <button type="button" class="quiet end" onClick={() => dropRun(key)}>
            {t("error.dismiss")}
          </button>
        )}
      </div>
    </section>
  );
}

function Facts({ run, report }: { run: Of; report: SwitchoverReport }) {
  const { job } = report;
  return (
    <dl class="facts">
      <Fact label="report.outcome" value={outcomeText(report.outcome)} />
      <Fact label="report.duration" value={seconds(report.durationMs)} />
      <Fact label="report.requests" value={t("report.requestsValue", report.attempts)} />
      {run.requestIds.length > 0 && (
        <Fact label="report.requestIds" value={<code>{run.requestIds.join(" ")}</code>} />
      )}
      {job && (
        <Fact
          label="report.job"
          value={
            <>
              <Status value={job.status} of="job" /> <code>{job.job_id}</code> {job.fail_reason}
            </>
          }
        />
      )}
      {report.notes && report.notes.length > 0 && (
        <Fact label="report.notes" value={<span lang="en">{report.notes.join("; ")}</span>} />
      )}
      <Fact label="report.words" value={<q lang="en">{report.reason}</q>} />
    </dl>
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
