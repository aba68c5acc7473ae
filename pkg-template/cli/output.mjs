// @ts-check
// What is printed: results on standard output; progress, questions and errors on standard error.

import { DcsError } from "huaweicloud-dcs";
import { Progress } from "./progress.mjs";
import { harmless, hasColour, styled } from "./style.mjs";
import { csv, table } from "./table.mjs";

/** @typedef {"table" | "json" | "jsonl" | "csv"} Format */
/** @typedef {import("./style.mjs").Style} Style */
/**
 * @template T
 * @typedef {import("./table.mjs").Column<T>} Column
 */

export class Output {
  #format;
  #out = hasColour(process.stdout);
  #err = hasColour(process.stderr);
  /** What standard output could not take. @type {string[]} */
  #lost = [];
  /** @type {NodeJS.ErrnoException | undefined} */
  #fault;

  /** @param {{ format?: Format, quiet?: boolean }} [how] */
  constructor({ format = "table", quiet = false } = {}) {
    this.#format = format;
    this.progress = new Progress(process.stderr, format === "table" && !quiet);
    this.quiet = quiet;
  }

  get format() {
    return this.#format;
  }

  /** Whether lines are printed for people. */
  get forPeople() {
    return this.#format === "table";
  }

  /**
   * A list: a table with its header, or every item as a value.
   * @template T
   * @param {readonly T[]} items @param {Column<T>[]} columns @param {string} empty Said where there is no item.
   */
  list(items, columns, empty) {
    this.progress.stop();
    if (this.#format === "json") return this.#print(JSON.stringify(items, null, 2));
    if (this.#format === "jsonl") return items.forEach((item) => this.#print(JSON.stringify(item)));
    if (this.#format === "csv") return csv(items, columns).forEach((line) => this.#print(line));
    if (items.length === 0) return this.note(empty);
    table(items, columns, this.#out).forEach((line) => this.#print(line));
  }

  /**
   * One result: lines for people, a value, or a line of CSV.
   * @template T
   * @param {T} value @param {string[]} lines @param {Column<T>[]} columns
   */
  result(value, lines, columns) {
    this.progress.stop();
    if (this.#format === "table") lines.forEach((line) => this.#print(line));
    else if (this.#format === "json") this.#print(JSON.stringify(value, null, 2));
    else this.list([value], columns, "");
  }

  /** Rows among the lines of a result. @template T @param {readonly T[]} items @param {Column<T>[]} columns */
  table(items, columns) {
    return table(items, columns, this.#out);
  }

  /** A text as it is, whatever the format. @param {string} text */
  text(text) {
    this.#print(text);
  }

  /** Something to know beside the result. @param {string} line */
  note(line) {
    if (this.quiet || !this.forPeople) return;
    this.progress.stop();
    process.stderr.write(`${harmless(line)}\n`);
  }

  /** What a question is about, on the terminal. @param {string[]} lines */
  ask(lines) {
    this.progress.stop();
    process.stderr.write(`${lines.join("\n")}\n`);
  }

  /** Rows for a question. @template T @param {readonly T[]} items @param {Column<T>[]} columns */
  askedTable(items, columns) {
    return table(items, columns, this.#err);
  }

  /** @param {Style} style @param {string} text */
  styled(style, text) {
    return styled(this.#out, style, text);
  }

  /** An error, with what it means for the swap. @param {unknown} error @param {string[]} [hints] */
  error(error, hints = []) {
    this.progress.stop();
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    const known = error instanceof DcsError;
    if (this.#format === "json" || this.#format === "jsonl") {
      return this.#print(
        JSON.stringify(shownError(error), null, this.#format === "json" ? 2 : undefined),
      );
    }
    const outcome = known && error.outcome ? ` (the request for the swap: ${error.outcome})` : "";
    const title = name === "Error" || name === "UsageError" ? "error" : name;
    const lines = [`${styled(this.#err, "red", `${title}:`)} ${harmless(message)}${outcome}`];
    // What each provider of the chain says; providers of the package tell no secret.
    if (known && error.name === "CredentialsError" && error.cause instanceof Error)
      lines.push(harmless(error.cause.message));
    process.stderr.write([...lines, ...hints.map(harmless)].map((line) => `${line}\n`).join(""));
  }

  /**
   * Waits until all is written.
   * @returns {Promise<{ lost: string[], fault: NodeJS.ErrnoException } | undefined>} What could not be written, and why.
   */
  async written() {
    this.progress.stop();
    for (const stream of [process.stdout, process.stderr]) {
      if (!stream.destroyed && stream.writableLength > 0)
        await new Promise((resolve) => stream.write("", resolve));
    }
    // An error of a write is told a turn later.
    await new Promise((resolve) => setImmediate(resolve));
    return this.#fault && { lost: this.#lost, fault: this.#fault };
  }

  /** @param {string} text */
  #print(text) {
    process.stdout.write(`${text}\n`, (error) => {
      if (!error) return;
      this.#fault ??= error;
      this.#lost.push(text);
    });
  }
}

/**
 * An error as a value; the report of a switchover beside it.
 * @param {unknown} error
 * @returns {{ error: Record<string, unknown>, report?: import("huaweicloud-dcs").SwitchoverReport }}
 */
export function shownError(error) {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  const { report, cause: _, ...fields } = /** @type {any} */ ({ ...Object(error) });
  if (!(error instanceof DcsError)) return { error: { name, message }, ...(report && { report }) };
  return { error: { name, message, ...fields }, ...(report && { report }) };
}
