import { clock, locale, seconds, t } from "../i18n/index.ts";
import { history, toCsv, toJson } from "../state/history.ts";
import { settings } from "../state/settings.ts";
import { useStore } from "../state/store.ts";
import { endingOf } from "../state/switchover.ts";
import { download } from "./files.ts";

const day = (ms: number) =>
  new Intl.DateTimeFormat(locale(), { month: "short", day: "numeric" }).format(ms);

/** The switchovers of this tab. */
export function HistoryView() {
  useStore(settings);
  const { entries } = useStore(history);
  return (
    <main id="content" class="page" tabIndex={-1}>
      <header>
        <h1>{t("history.title")}</h1>
        <p class="hint">{t("history.note")}</p>
        <div class="actions">
          <button
            type="button"
            disabled={entries.length === 0}
            onClick={() => download("switchovers.json", "application/json", toJson(entries))}
          >
            {t("history.json")}
          </button>
          <button
            type="button"
            disabled={entries.length === 0}
            onClick={() => download("switchovers.csv", "text/csv", toCsv(entries))}
          >
            {t("history.csv")}
          </button>
        </div>
      </header>
      {entries.length === 0 ? (
        <p class="quiet-text">{t("history.none")}</p>
      ) : (
        // Focusable, because a narrow window scrolls it sideways.
        <div class="scroll" tabIndex={0} role="region" aria-label={t("history.title")}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t("history.time")}</th>
                <th scope="col">{t("history.instance")}</th>
                <th scope="col">{t("history.result")}</th>
                <th scope="col">{t("history.verified")}</th>
                <th scope="col">{t("history.duration")}</th>
                <th scope="col">{t("history.job")}</th>
              </tr>
            </thead>
            <tbody>
              {entries.map(({ at, name, where, report }) => (
                <tr key={at}>
                  <td>
                    {day(at)} {clock(at)}
                  </td>
                  <td>
                    {name} <small>{where.replace(/^https?:\/\//, "")}</small>
                  </td>
                  <td>
                    <span class={`tag ${endingOf(report).tone}`}>{t(endingOf(report).title)}</span>
                  </td>
                  <td>{t(report.verified ? "history.yes" : "history.no")}</td>
                  <td class="number">{seconds(report.durationMs)}</td>
                  <td>
                    <code>{report.job?.job_id ?? "–"}</code>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </main>
  );
}
