import { useState } from "preact/hooks";
import type { NodeRole } from "huaweicloud-dcs";
import { clock, locale, seconds, t } from "../i18n/index.ts";
import { href, route } from "../route.ts";
import { endingOf } from "../state/ending.ts";
import { toCsv, toJson } from "../state/export.ts";
import { type Entry, history, wipeHistory } from "../state/history.ts";
import { masterOf } from "../state/nodes.ts";
import { HISTORY_CHOICES, choose, settings } from "../state/settings.ts";
import { useStore } from "../state/store.ts";
import { Fact } from "./common.tsx";
import { download } from "./files.ts";
import { Report } from "./report.tsx";
import { Cell, Table } from "./table.tsx";

const day = (ms: number) =>
  new Intl.DateTimeFormat(locale(), { year: "numeric", month: "short", day: "numeric" }).format(ms);

/** The switchovers of this browser, or one of them. */
export function HistoryView() {
  useStore(settings);
  const { entries } = useStore(history);
  const { entry: id } = useStore(route);
  const entry = entries.find((one) => one.id === id);
  return (
    <main id="content" class="page" tabIndex={-1}>
      {id ? <One entry={entry} /> : <All entries={entries} />}
    </main>
  );
}

function One({ entry }: { entry: Entry | undefined }) {
  return (
    <>
      <header>
        <a href={href("history")}>← {t("history.back")}</a>
        <h1>{entry?.name ?? t("history.title")}</h1>
      </header>
      {entry ? (
        <>
          <dl class="facts">
            <Fact label="history.time" value={`${day(entry.at)} ${clock(entry.at)}`} />
            <Fact label="stage.id" value={<code>{entry.report.instanceId}</code>} />
            <Fact label="history.where" value={entry.where || "–"} />
            {entry.projectId && (
              <Fact label="connect.project" value={<code>{entry.projectId}</code>} />
            )}
            <Fact label="history.who" value={entry.who || "–"} />
          </dl>
          <h2 class="sr-only">{t("history.report")}</h2>
          <Report
            run={{ ...entry, resumed: entry.report.resumed === true }}
            report={entry.report}
          />
        </>
      ) : (
        <p class="quiet-text">{t("history.gone")}</p>
      )}
    </>
  );
}

function All({ entries }: { entries: Entry[] }) {
  const none = entries.length === 0;
  return (
    <>
      <header>
        <h1>{t("history.title")}</h1>
        <p class="hint">{t("history.note")}</p>
        <div class="actions">
          <button
            type="button"
            disabled={none}
            onClick={() => download("switchovers.json", "application/json", toJson(entries))}
          >
            {t("history.json")}
          </button>
          <button
            type="button"
            disabled={none}
            onClick={() => download("switchovers.csv", "text/csv;charset=utf-8", toCsv(entries))}
          >
            {t("history.csv")}
          </button>
          <Keeping none={none} />
        </div>
      </header>
      {none ? <p class="quiet-text">{t("history.none")}</p> : <Entries entries={entries} />}
    </>
  );
}

/** For how long they are kept, and the way to be rid of them: the second press does it. */
function Keeping({ none }: { none: boolean }) {
  const [sure, setSure] = useState(false);
  const { historyDays } = useStore(settings);
  return (
    <>
      <label class="keeping">
        <span>{t("history.keep")}</span>
        <select
          value={historyDays}
          onChange={(event) => choose({ historyDays: Number(event.currentTarget.value) })}
        >
          {HISTORY_CHOICES.map((n) => (
            <option key={n} value={n}>
              {n === 0 ? t("history.tabOnly") : t("unit.days", { n })}
            </option>
          ))}
        </select>
      </label>
      <button
        type="button"
        class={sure ? "danger end" : "end"}
        disabled={none}
        onBlur={() => setSure(false)}
        onClick={() => {
          if (sure) void wipeHistory();
          setSure(!sure);
        }}
      >
        {t(sure ? "history.wipeSure" : "history.wipe")}
      </button>
    </>
  );
}

function Entries({ entries }: { entries: Entry[] }) {
  const heads = ["time", "instance", "result", "verified", "masters", "who", "duration"] as const;
  return (
    <Table label={t("history.title")} heads={heads.map((name) => t(`history.${name}`))}>
      {entries.map((entry) => (
        <Line key={entry.id} entry={entry} />
      ))}
    </Table>
  );
}

function Line({ entry }: { entry: Entry }) {
  const { report } = entry;
  const ending = endingOf(report, entry);
  return (
    <tr>
      <Cell head={t("history.time")}>
        {day(entry.at)} {clock(entry.at)}
      </Cell>
      <Cell head={t("history.instance")}>
        <a href={href("history", entry.id)}>{entry.name}</a> <small>{entry.where}</small>
      </Cell>
      <Cell head={t("history.result")}>
        <span class={`tag ${ending.tone}`}>{t(ending.title)}</span>
        {entry.requestIds.length > 0 && (
          <small>
            <code>{entry.requestIds.join(" ")}</code>
          </small>
        )}
      </Cell>
      <Cell head={t("history.verified")}>{t(report.verified ? "history.yes" : "history.no")}</Cell>
      <Cell head={t("history.masters")}>
        <Master nodes={report.before} /> → <Master nodes={report.after} />
      </Cell>
      <Cell head={t("history.who")} class="who">
        {entry.who || "–"}
      </Cell>
      <Cell head={t("history.duration")} class="number">
        {seconds(report.durationMs)}
      </Cell>
    </tr>
  );
}

function Master({ nodes }: { nodes: NodeRole[] | undefined }) {
  const master = masterOf(nodes);
  if (!master) return <>–</>;
  return (
    <span class="master-cell">
      <code>{master.ip ?? master.nodeId.slice(0, 8)}</code> {master.azCode}
    </span>
  );
}
