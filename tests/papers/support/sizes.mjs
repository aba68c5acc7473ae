// @ts-check
// The table of sizes in both READMEs, made from what `cargo xtask size --write` recorded.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./world.mjs";

const RECORD = join(ROOT, "xtask/size.json");
const BEGIN = "<!-- sizes: begin -->";
const END = "<!-- sizes: end -->";

/** The heads of the table, by paper. */
export const HEADS = {
  "README.md": "| entry | module and JavaScript, brotli |",
  "README.zh-CN.md": "| 入口 | 模块与 JavaScript，brotli |",
};

/** Whether sizes are recorded. */
export const areRecorded = () => existsSync(RECORD);

/**
 * The sizes that a paper tells, in KB.
 * @param {string} text
 */
export function told(text) {
  const table = text.split(BEGIN)[1]?.split(END)[0] ?? "";
  const rows = [...table.matchAll(/^\| `([^`]+)` \| ([\d.]+) KB \|$/gm)];
  return Object.fromEntries(rows.map(([, name = "", kb]) => [name, Number(kb)]));
}

/** The sizes that are recorded, in KB of 1,024 bytes. */
export function recorded() {
  /** @type {{ entries: Record<string, { brotli: number }> }} */
  const { entries } = JSON.parse(readFileSync(RECORD, "utf8"));
  const sizes = Object.entries(entries).map(([name, { brotli }]) => [name, brotli / 1024]);
  return /** @type {Record<string, number>} */ (Object.fromEntries(sizes));
}

/**
 * A paper with the sizes as they are recorded.
 * @param {string} text
 * @param {string} head
 */
export function written(text, head) {
  const [before, rest = ""] = text.split(BEGIN);
  const after = rest.split(END)[1];
  if (after === undefined) throw new Error("there is no place for the sizes");
  const rows = Object.entries(recorded()).map(
    ([name, size]) => `| \`${name}\` | ${size.toFixed(1)} KB |`,
  );
  return `${before}${BEGIN}\n\n${[head, "| --- | --- |", ...rows].join("\n")}\n\n${END}${after}`;
}
