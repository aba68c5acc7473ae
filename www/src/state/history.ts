import type { SwitchoverReport } from "huaweicloud-dcs";
import { Store } from "./store.ts";

/** A switchover that has ended, in this tab. */
export interface Entry {
  at: number;
  name: string;
  where: string;
  report: SwitchoverReport;
}

export const history = new Store<{ entries: Entry[] }>({ entries: [] });

export function remember(entry: Entry): void {
  history.set({ entries: [entry, ...history.value.entries] });
}

export function toJson(entries: Entry[]): string {
  const list = entries.map(({ at, ...rest }) => ({ at: new Date(at).toISOString(), ...rest }));
  return JSON.stringify(list, null, 2);
}

/** A cell; one that a spreadsheet would run as a formula is made text. */
function cell(value: unknown): string {
  const text = String(value ?? "");
  return `"${(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
}

export function toCsv(entries: Entry[]): string {
  const head = ["time", "instance", "name", "where", "result", "verified", "outcome"];
  const rows = entries.map(({ at, name, where, report }) => [
    new Date(at).toISOString(),
    report.instanceId,
    name,
    where,
    report.result,
    report.verified,
    report.outcome,
    report.durationMs,
    report.job?.job_id,
    report.reason,
  ]);
  return [[...head, "duration_ms", "job_id", "reason"], ...rows]
    .map((row) => row.map(cell).join(","))
    .join("\r\n");
}
