import { useEffect, useState } from "preact/hooks";
import { t } from "../i18n/index.ts";
import { statusText } from "../i18n/status.ts";
import { SORTS, type Sort, choice, narrow, valuesOf, zonesOf } from "../state/choice.ts";
import { MOST, fleet, search } from "../state/fleet.ts";
import { PAGE_CHOICES, choose, settings } from "../state/settings.ts";
import { useStore } from "../state/store.ts";

/** Milliseconds without a letter after which the service is asked. */
const PAUSE_MS = 300;

export function Filters() {
  const { known, total } = useStore(fleet);
  const by = useStore(choice);
  const { pageSize } = useStore(settings);
  const [text, setText] = useState(by.filter);
  useAskService(by.filter, by.status, total > MOST);
  useEffect(() => {
    if (by.filter === "") setText("");
  }, [by.filter]);
  const zones = valuesOf(known, zonesOf);
  const statuses = valuesOf(known, (row) => [row.info.status]);
  return (
    <div class="filters" role="search">
      <input
        id="filter"
        type="search"
        placeholder={t("list.filter")}
        aria-label={t("list.filter")}
        aria-keyshortcuts="/"
        value={text}
        onInput={(event) => {
          setText(event.currentTarget.value);
          narrow({ filter: event.currentTarget.value.trim() });
        }}
      />
      <select
        aria-label={t("list.status")}
        value={by.status}
        onChange={(event) => narrow({ status: event.currentTarget.value })}
      >
        <option value="">{t("list.anyStatus")}</option>
        {statuses.map((name) => (
          <option key={name} value={name}>
            {statusText(name)}
          </option>
        ))}
      </select>
      <select
        aria-label={t("list.zone")}
        value={by.zone}
        onChange={(event) => narrow({ zone: event.currentTarget.value })}
      >
        <option value="">{t("list.anyZone")}</option>
        {zones.map((name) => (
          <option key={name}>{name}</option>
        ))}
      </select>
      <select
        aria-label={t("list.sort")}
        value={`${by.sort}${by.descending ? "-" : ""}`}
        onChange={(event) => {
          const { value } = event.currentTarget;
          narrow({ sort: value.replace("-", "") as Sort, descending: value.endsWith("-") });
        }}
      >
        {SORTS.flatMap((name) => [
          <option key={name} value={name}>
            {t(`list.sort.${name}`)} ↑
          </option>,
          <option key={`${name}-`} value={`${name}-`}>
            {t(`list.sort.${name}`)} ↓
          </option>,
        ])}
      </select>
      <select
        aria-label={t("list.pageSize")}
        value={pageSize}
        onChange={(event) => choose({ pageSize: Number(event.currentTarget.value) })}
      >
        {PAGE_CHOICES.map((n) => (
          <option key={n} value={n}>
            {t("list.perPage", { n })}
          </option>
        ))}
      </select>
      <label class="check">
        <input
          type="checkbox"
          checked={by.swappableOnly}
          onChange={(event) => narrow({ swappableOnly: event.currentTarget.checked })}
        />
        {t("list.swappableOnly")}
      </label>
    </div>
  );
}

/** Where not all is loaded, the service searches too; where it is, the page finds more, and at once. */
function useAskService(filter: string, status: string, needed: boolean): void {
  useEffect(() => {
    if (!needed) return undefined;
    const stop = new AbortController();
    const timer = setTimeout(() => void search(filter, status, stop.signal), PAUSE_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [filter, status, needed]);
}
