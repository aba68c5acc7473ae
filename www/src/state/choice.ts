import { type Row, fleet } from "./fleet.ts";
import { masterOf } from "./nodes.ts";
import { settings } from "./settings.ts";
import { Store } from "./store.ts";

export const SORTS = ["service", "name", "status", "mode", "zone"] as const;
export type Sort = (typeof SORTS)[number];

/** What is shown of the list, in which order, and what is chosen in it. */
export interface Choice {
  filter: string;
  status: string;
  zone: string;
  swappableOnly: boolean;
  sort: Sort;
  descending: boolean;
  page: number;
  /** Ids of instances that were ticked. */
  ticked: ReadonlySet<string>;
}

const first: Choice = {
  filter: "",
  status: "",
  zone: "",
  swappableOnly: false,
  sort: "service",
  descending: false,
  page: 0,
  ticked: new Set(),
};

export const choice = new Store<Choice>(first);

/** Changes what is shown: from its beginning. */
export function narrow(patch: Partial<Choice>): void {
  choice.set({ page: 0, ...patch });
}

export function forgetChoice(): void {
  choice.set(first);
}

/** Everything of an instance that can be searched, in lower case. */
function textOf({ id, name, info, nodes }: Row): string {
  const of = [name, id, info.ip, info.domain_name, ...(info.az_codes ?? [])];
  const ofNodes = (nodes ?? []).flatMap((node) => [node.ip, node.nodeId]);
  return [...of, ...ofNodes].filter(Boolean).join("\n").toLowerCase();
}

/** Zones in which an instance has nodes. */
export function zonesOf({ info, nodes }: Row): string[] {
  return nodes?.map((node) => node.azCode ?? "").filter(Boolean) ?? info.az_codes ?? [];
}

const SORT_KEYS: Record<Sort, (row: Row) => string> = {
  service: () => "",
  name: (row) => row.name,
  status: (row) => row.info.status,
  mode: (row) => row.mode ?? "",
  // The master's, once its roles were read.
  zone: (row) => masterOf(row.nodes)?.azCode ?? zonesOf(row)[0] ?? "",
};
const { compare } = new Intl.Collator(undefined, { numeric: true });

/** The instances that match, in order. */
export function matching(known: Record<string, Row>, ids: string[], by: Choice): Row[] {
  const words = by.filter.toLowerCase().split(/\s+/).filter(Boolean);
  const rows = ids.flatMap((id) => {
    const row = known[id];
    if (!row) return [];
    if (by.status && row.info.status !== by.status) return [];
    if (by.swappableOnly && row.refusal) return [];
    if (by.zone && !zonesOf(row).includes(by.zone)) return [];
    const text = words.length > 0 ? textOf(row) : "";
    return words.every((word) => text.includes(word)) ? [row] : [];
  });
  if (by.sort !== "service") {
    const key = SORT_KEYS[by.sort];
    const keyed = rows.map((row): [string, Row] => [key(row), row]);
    keyed.sort(([a], [b]) => compare(a, b));
    rows.splice(0, rows.length, ...keyed.map(([, row]) => row));
  }
  return by.descending ? rows.reverse() : rows;
}

/** The matching instances as the page stands. */
export function matchingNow(): Row[] {
  return matching(fleet.value.known, fleet.value.ids, choice.value);
}

/** Distinct values of the list, sorted, for the filters. */
export function valuesOf(known: Record<string, Row>, of: (row: Row) => string[]): string[] {
  return [...new Set(Object.values(known).flatMap(of))].sort(compare);
}

/** The page that is shown; a list that became shorter may have lost the one that was. */
export function pageOf(rows: Row[], page: number): { rows: Row[]; page: number; from: number } {
  const { pageSize } = settings.value;
  const last = Math.max(0, Math.ceil(rows.length / pageSize) - 1);
  const at = Math.min(page, last);
  return { rows: rows.slice(at * pageSize, (at + 1) * pageSize), page: at, from: at * pageSize };
}

export function tick(id: string, on: boolean): void {
  const ticked = new Set(choice.value.ticked);
  if (on) ticked.add(id);
  else ticked.delete(id);
  choice.set({ ticked });
}

export function tickAll(ids: string[], on: boolean): void {
  const ticked = new Set(choice.value.ticked);
  for (const id of ids) {
    if (on) ticked.add(id);
    else ticked.delete(id);
  }
  choice.set({ ticked });
}
