// @ts-check
// Rows for people and for programs.

import { harmless, styled, width } from "./style.mjs";

/**
 * @template T
 * @typedef {object} Column
 * @property {string} head The heading, and the name of the field in CSV in lower case.
 * @property {(item: T) => unknown} get
 */

/** @param {unknown} value */
const text = (value) =>
  value === undefined || value === null
    ? ""
    : Array.isArray(value)
      ? value.join(" ")
      : String(value);

/**
 * A table with its header, without lines. A column that is empty throughout is left out.
 * @template T
 * @param {readonly T[]} items @param {Column<T>[]} columns @param {boolean} colour
 */
export function table(items, columns, colour) {
  const rows = items.map((item) => columns.map(({ get }) => harmless(text(get(item)))));
  const used = columns.map((_, at) => rows.some((row) => row[at]));
  const cells = [columns.map(({ head }) => head), ...rows].map((row) =>
    row.filter((_, at) => used[at]),
  );
  const widths = (cells[0] ?? []).map((_, at) =>
    Math.max(...cells.map((row) => width(row[at] ?? ""))),
  );
  return cells.map((row, at) => {
    const line = row
      .map((cell, column) => cell + " ".repeat((widths[column] ?? 0) - width(cell)))
      .join("  ")
      .trimEnd();
    return at === 0 ? styled(colour, "bold", line) : line;
  });
}

/**
 * RFC 4180, but for the ends of lines, which are those of every tool here.
 * @template T
 * @param {readonly T[]} items @param {Column<T>[]} columns
 */
export function csv(items, columns) {
  const quoted = (/** @type {string} */ cell) =>
    /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
  const line = (/** @type {unknown[]} */ cells) =>
    cells.map((cell) => quoted(text(cell))).join(",");
  return [
    line(columns.map(({ head }) => head.toLowerCase().replaceAll(" ", "_"))),
    ...items.map((item) => line(columns.map(({ get }) => get(item)))),
  ];
}
