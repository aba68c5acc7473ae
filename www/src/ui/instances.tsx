import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../i18n/index.ts";
import { href, route } from "../route.ts";
import { PAGE, type Row, instances, reload } from "../state/instances.ts";
import { masterOf, modeKey, standbysOf } from "../state/nodes.ts";
import { useStore } from "../state/store.ts";
import { runs } from "../state/switchover.ts";
import { ProblemCard } from "./common.tsx";
import { Stage } from "./stage.tsx";

/** Statuses of instances, for the filter. */
const STATUSES = [
  "RUNNING",
  "CREATING",
  "RESTARTING",
  "EXTENDING",
  "RESTORING",
  "ERROR",
  "CREATEFAILED",
];

export function InstancesView() {
  const { instanceId } = useStore(route);
  const { rows } = useStore(instances);
  // Where both fit, something is always shown.
  const shown =
    rows.find((row) => row.id === instanceId) ?? rows.find((row) => !row.refusal) ?? rows[0];
  return (
    <main id="content" class={instanceId ? "split chosen" : "split"} tabIndex={-1}>
      <List shownId={shown?.id} />
      {shown ? (
        <Stage key={shown.id} row={shown} />
      ) : (
        <section class="stage empty">
          <p>{t("stage.select")}</p>
        </section>
      )}
    </main>
  );
}

function List({ shownId }: { shownId: string | undefined }) {
  const state = useStore(instances);
  const { rows, swappableOnly, filter, status, problem } = state;
  const shown = swappableOnly ? rows.filter((row) => !row.refusal) : rows;
  return (
    <section class="list" aria-labelledby="list-title" aria-busy={state.loading}>
      <header>
        <h1 id="list-title">{t("list.title")}</h1>
        <button type="button" class="quiet" onClick={() => reload()} aria-keyshortcuts="r">
          {t("list.refresh")}
        </button>
      </header>
      <Filters />
      {problem && (
        <ProblemCard
          problem={problem}
          title="list.failed"
          onDismiss={() => instances.set({ problem: undefined })}
        />
      )}
      {state.loading && rows.length === 0 && <p class="quiet-text">{t("list.reading")}</p>}
      {!state.loading && shown.length === 0 && (
        <p class="quiet-text">
          {t(filter || status || swappableOnly ? "list.noneFilter" : "list.none")}
        </p>
      )}
      <ul id="instances-list" role="list">
        {shown.map((row) => (
          <li key={row.id}>
            <Item row={row} current={row.id === shownId} />
          </li>
        ))}
      </ul>
      <Pager />
    </section>
  );
}

function Filters() {
  const state = useStore(instances);
  const [text, setText] = useState(state.filter);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const onInput = (value: string) => {
    setText(value);
    clearTimeout(timer.current);
    // One request a pause, not one a letter.
    timer.current = setTimeout(() => reload({ filter: value.trim(), offset: 0 }), 250);
  };
  return (
    <div class="filters" role="search">
      <input
        id="filter"
        type="search"
        placeholder={t("list.filter")}
        aria-label={t("list.filter")}
        aria-keyshortcuts="/"
        value={text}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
      <select
        aria-label={t("list.status")}
        value={state.status}
        onChange={(event) => reload({ status: event.currentTarget.value, offset: 0 })}
      >
        <option value="">{t("list.anyStatus")}</option>
        {STATUSES.map((name) => (
          <option key={name}>{name}</option>
        ))}
      </select>
      <label class="check">
        <input
          type="checkbox"
          checked={state.swappableOnly}
          onChange={(event) => instances.set({ swappableOnly: event.currentTarget.checked })}
        />
        {t("list.swappableOnly")}
      </label>
    </div>
  );
}

function Item({ row, current }: { row: Row; current: boolean }) {
  const running = useStore(runs).byInstance[row.id]?.running;
  const { refusal } = row;
  return (
    <a
      href={href("instances", row.id)}
      class={refusal ? "item refused" : "item"}
      aria-current={current ? "true" : undefined}
    >
      <span class="name">{row.name}</span>
      <span class={`status ${row.info.status === "RUNNING" ? "ok" : ""}`}>{row.info.status}</span>
      <span class="mode">{t(modeKey(row.mode))}</span>
      {running ? (
        <span class="zones moving">{t("why.running")}</span>
      ) : refusal && refusal.key !== "why.standby" ? (
        <span class="why">{t(refusal.key, refusal.values)}</span>
      ) : (
        <Zones row={row} />
      )}
      {refusal?.key === "why.standby" && <span class="why">{t(refusal.key)}</span>}
    </a>
  );
}

function Zones({ row }: { row: Row }) {
  const master = masterOf(row.nodes);
  const [standby, ...more] = standbysOf(row.nodes);
  if (!master || !standby) return null;
  return (
    <span class="zones">
      <span class="zone master">
        <span class="sr-only">{t("list.master")} </span>
        {master.azCode ?? master.ip}
      </span>
      <span class="arrow" aria-hidden="true" />
      <span class="zone standby">
        <span class="sr-only">{t("list.standby")} </span>
        {standby.azCode ?? standby.ip}
        {more.length > 0 && ` +${more.length}`}
      </span>
    </span>
  );
}

function Pager() {
  const { total, offset, rows } = useStore(instances);
  if (total === 0) return null;
  const go = (to: number) => reload({ offset: Math.max(0, to) });
  return (
    <footer class="pager">
      <p>{t("list.count", { from: offset + 1, to: offset + rows.length, total })}</p>
      {total > PAGE && (
        <>
          <button
            type="button"
            aria-label={t("list.previous")}
            disabled={offset === 0}
            onClick={() => go(offset - PAGE)}
          >
            ←
          </button>
          <button
            type="button"
            aria-label={t("list.next")}
            disabled={offset + PAGE >= total}
            onClick={() => go(offset + PAGE)}
          >
            →
          </button>
        </>
      )}
    </footer>
  );
}
