import type { NodeRole } from "huaweicloud-dcs";
import { doubtOf } from "./ending.ts";
import type { Entry } from "./history.ts";
import { masterOf } from "./nodes.ts";

export function toJson(entries: Entry[]): string {
  const list = entries.map(({ at, ...rest }) => ({ at: new Date(at).toISOString(), ...rest }));
  return JSON.stringify(list, null, 2);
}

/** A cell; one that a spreadsheet would run as a formula is made text. */
function cell(value: unknown): string {
  const text = String(value ?? "");
  return `"${(/^\s*[=+\-@\t\r]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
}

const HEAD = [
  "time",
  "who",
  "region",
  "project",
  "where",
  "instance",
  "name",
  "result",
  "verified",
  "outcome",
  "doubt",
  "master_before",
  "master_after",
  "duration_ms",
  "job_id",
  "request_ids",
  "reason",
];

/** A node in a cell: its address and zone, or its id. */
function nodeText(nodes: NodeRole[] | undefined): string {
  const master = masterOf(nodes);
  if (!master) return "";
  return [master.ip ?? master.nodeId, master.azCode].filter(Boolean).join(" ");
}

/** A table for spreadsheets, which read UTF-8 only behind its byte order mark. */
export function toCsv(entries: Entry[]): string {
  const rows = entries.map(({ at, who, region, projectId, where, name, requestIds, report }) => [
    new Date(at).toISOString(),
    who,
    region,
    projectId,
    where,
    report.instanceId,
    name,
    report.result,
    report.verified,
    report.outcome,
    doubtOf(report),
    nodeText(report.before),
    nodeText(report.after),
    Math.round(report.durationMs),
    report.job?.job_id,
    requestIds.join(" "),
    report.reason,
  ]);
  return `\uFEFF${[HEAD, ...rows].map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`;
}
