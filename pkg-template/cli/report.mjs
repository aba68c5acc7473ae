// @ts-check
// What is said of nodes, plans and reports.

import { label } from "./find.mjs";
import { harmless } from "./style.mjs";

/** @typedef {import("./main.mjs").Order} Order */
/** @typedef {import("./find.mjs").Target} Target */
/** @typedef {import("huaweicloud-dcs").NodeRole} NodeRole */
/** @typedef {import("huaweicloud-dcs").SwitchoverReport} SwitchoverReport */

/** @type {import("./table.mjs").Column<NodeRole>[]} */
export const NODE = [
  { head: "ROLE", get: ({ role }) => role },
  { head: "NODE", get: ({ nodeId }) => nodeId },
  { head: "IP", get: ({ ip }) => ip },
  { head: "ZONE", get: ({ azCode }) => azCode },
  { head: "STATUS", get: ({ status }) => status },
];

/** @param {readonly NodeRole[] | undefined} nodes */
export const masterOf = (nodes) => nodes?.find(({ role }) => role === "master");

/** A node in a few words. @param {NodeRole | undefined} node */
export const named = (node) =>
  node ? harmless([node.nodeId, node.ip, node.azCode].filter(Boolean).join(" ")) : "";

/** @type {import("./table.mjs").Column<Target & { report?: SwitchoverReport, result: string, reason?: string }>[]} */
export const RESULT = [
  { head: "INSTANCE", get: ({ instanceId }) => instanceId },
  { head: "NAME", get: ({ name }) => name },
  { head: "RESULT", get: ({ result }) => result },
  { head: "MASTER BEFORE", get: ({ report }) => masterOf(report?.before)?.nodeId },
  { head: "MASTER AFTER", get: ({ report }) => masterOf(report?.after)?.nodeId },
  { head: "DURATION MS", get: ({ report }) => report?.durationMs },
  { head: "REASON", get: ({ reason }) => reason },
];

/** @param {number} ms */
const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;

/** @type {Record<string, import("./style.mjs").Style>} */
const STYLES = { swapped: "green", already: "green", unknown: "yellow", "not swapped": "red" };

/**
 * A report in lines. Roles that were read after the swap are the roles; those of before are called so.
 * @param {Order} order @param {Target} target @param {SwitchoverReport} report
 */
export function told({ output }, target, { result, reason, before, after, durationMs, resumed }) {
  const lines = [];
  if (after) lines.push(...output.table(after, NODE));
  else if (before && result !== "already")
    lines.push(
      "roles before the swap; they were not read after it:",
      ...output.table(before, NODE),
    );
  else if (before) lines.push(...output.table(before, NODE));
  const shown = output.styled(STYLES[result] ?? "reset", result);
  const how = resumed ? ", by a switchover that was begun earlier" : "";
  lines.push(`${label(target)}: ${shown} in ${seconds(durationMs)}${how}: ${harmless(reason)}`);
  return lines;
}

/**
 * A result in one line.
 * @param {Target} target @param {string} result @param {string | undefined} reason
 */
export const line = (target, result, reason) =>
  `${label(target)}: ${result}${reason ? `: ${harmless(reason)}` : ""}`;
