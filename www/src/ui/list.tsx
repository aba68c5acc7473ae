import { useEffect, useRef } from "preact/hooks";
import { clock, t } from "../i18n/index.ts";
import { refusalText } from "../i18n/status.ts";
import { href } from "../route.ts";
import { type Choice, choice, matching, narrow, pageOf, tick } from "../state/choice.ts";
import { MOST, type Row, fleet, reload } from "../state/fleet.ts";
import { masterOf, modeKey, standbysOf } from "../state/nodes.ts";
import { inSight, outOfSight } from "../state/roles.ts";
import { runs } from "../state/runs.ts";
import { session } from "../state/session.ts";
import { settings } from "../state/settings.ts";
import { useStore } from "../state/store.ts";
import { keyOf } from "../state/target.ts";
import { ProblemCard, Status } from "./common.tsx";
import { Filters } from "./filters.tsx";
import { Many } from "./many.tsx";

export function List({ shownId }: { shownId: string | undefined }) {
  const state = useStore(fleet);
  const by = useStore(choice);
  useStore(settings);
  const found = matching(state.known, state.ids, by);
  const { rows, page, from } = pageOf(found, by.page);
  const narrowed = by.filter || by.status || by.zone || by.swappableOnly;
  return (
    <section class="list" aria-labelledby="list-title" aria-busy={state.loading}>
      <header>
        <h1 id="list-title">{t("list.title")}</h1>
        {state.readAt && <p class="hint">{t("list.readAt", { time: clock(state.readAt) })}</p>}
        <button type="button" class="quiet" onClick={reload} aria-keyshortcuts="r">
          {t("list.refresh")}
        </button>
      </header>
      <Filters />
      {state.total > MOST && (
        <p class="note">{t("list.tooMany", { total: state.total, n: state.ids.length })}</p>
      )}
      {state.problem && (
        <ProblemCard
          problem={state.problem}
          title="list.failed"
          onDismiss={() => fleet.set({ problem: undefined })}
        />
      )}
      <Many found={found} />
      {state.loading && rows.length === 0 && <p class="quiet-text">{t("list.reading")}</p>}
      {!state.loading && rows.length === 0 && (
        <p class="quiet-text">{t(narrowed ? "list.noneFilter" : "list.none")}</p>
      )}
      <Rows rows={rows} by={by} shownId={shownId} />
      <Pager found={found.length} from={from} shown={rows.length} page={page} />
    </section>
  );
}

/** Somewhat before they come into sight. `scrollMargin` is for the list that scrolls by itself; engines without it read later. */
const SIGHT = { rootMargin: "300px", scrollMargin: "300px" };

/** Which rows are in sight: their roles are worth reading. */
function useSight() {
  const observer = useRef<IntersectionObserver>(undefined);
  observer.current ??= new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      const { id } = (target as HTMLElement).dataset;
      if (id && isIntersecting) inSight(id);
      else if (id) outOfSight(id);
    }
  }, SIGHT);
  useEffect(() => () => observer.current?.disconnect(), []);
  return observer.current;
}

function Rows({ rows, by, shownId }: { rows: Row[]; by: Choice; shownId: string | undefined }) {
  const sight = useSight();
  const { byKey } = useStore(runs);
  const { target } = useStore(session);
  return (
    <ul id="instances-list" role="list">
      {rows.map((row) => (
        <Item
          key={row.id}
          row={row}
          current={row.id === shownId}
          ticked={by.ticked.has(row.id)}
          running={byKey[keyOf(target, row.id)]?.running === true}
          sight={sight}
        />
      ))}
    </ul>
  );
}

interface ItemProps {
  row: Row;
  current: boolean;
  ticked: boolean;
  running: boolean;
  sight: IntersectionObserver;
}

function Item({ row, current, ticked, running, sight }: ItemProps) {
  const ref = useRef<HTMLLIElement>(null);
  useEffect(() => {
    const item = ref.current;
    if (!item) return undefined;
    sight.observe(item);
    return () => sight.unobserve(item);
  }, [sight]);
  useEffect(() => {
    if (current) ref.current?.scrollIntoView({ block: "nearest" });
  }, [current]);
  const { refusal } = row;
  return (
    <li ref={ref} data-id={row.id}>
      <label class="tick">
        <input
          type="checkbox"
          checked={ticked}
          aria-label={t("list.tick", { name: row.name })}
          onChange={(event) => tick(row.id, event.currentTarget.checked)}
        />
      </label>
      <a
        href={href("instances", row.id)}
        class={refusal ? "item refused" : "item"}
        aria-current={current ? "true" : undefined}
      >
        <span class="name">{row.name}</span>
        <Status value={row.info.status} />
        <span class="mode">
          {t(modeKey(row.mode))} {row.info.ip && <code>{row.info.ip}</code>}
        </span>
        {running ? (
          <span class="zones moving">{t("why.running")}</span>
        ) : refusal && refusal.key !== "why.standby" ? (
          <span class="why">{refusalText(refusal)}</span>
        ) : (
          <Zones row={row} />
        )}
        {refusal?.key === "why.standby" && <span class="why">{refusalText(refusal)}</span>}
      </a>
    </li>
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

function Pager(props: { found: number; from: number; shown: number; page: number }) {
  const { found, from, shown, page } = props;
  const { total, ids } = useStore(fleet);
  if (ids.length === 0) return null;
  const of = found < ids.length ? t("list.ofMatching", { found, total }) : String(total);
  return (
    <footer class="pager">
      <p>{t("list.count", { from: Math.min(from + 1, found), to: from + shown, total: of })}</p>
      {found > settings.value.pageSize && (
        <>
          <button
            type="button"
            aria-label={t("list.previous")}
            disabled={page === 0}
            onClick={() => narrow({ page: page - 1 })}
          >
            ←
          </button>
          <button
            type="button"
            aria-label={t("list.next")}
            disabled={from + shown >= found}
            onClick={() => narrow({ page: page + 1 })}
          >
            →
          </button>
        </>
      )}
    </footer>
  );
}
