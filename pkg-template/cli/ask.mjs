// @ts-check
// The question before a swap. It comes after the check, so that it can say what will change and what that costs.

import { createInterface } from "node:readline";
import { placeOf } from "./client.mjs";
import { UsageError } from "./exit.mjs";
import { label } from "./find.mjs";
import { describedRecord } from "./open-record.mjs";
import { masterOf, named } from "./report.mjs";
import { harmless } from "./style.mjs";

/** @typedef {import("./main.mjs").Order} Order */
/** @typedef {import("./plan.mjs").Checked} Checked */

const COST =
  "During a swap connections break and the instance is read-only, for up to 30 seconds;\n" +
  "the newest writes can be lost, because replication is asynchronous.";

/** Refuses, before anything is sent, where nobody can be asked. @param {Order} order */
export function needsTerminal({ options }) {
  if (options.yes || options.dryRun) return;
  if (!process.stdin.isTTY || !process.stderr.isTTY)
    throw new UsageError(
      "there is no terminal to ask on: add --yes to swap unasked. Nothing was sent",
    );
}

/** The master there would be. @param {Checked} checked */
function after({ plan }) {
  const [one, ...others] = plan?.candidates ?? [];
  return others.length > 0 ? "one of the standbys, which the service chooses" : named(one);
}

/** What is done about an instance with an open record. */
export const FIND_OUT = "find out";

/** @type {import("./table.mjs").Column<Checked>[]} */
export const CHECKED = [
  { head: "NAME", get: ({ target }) => target.name },
  { head: "ID", get: ({ target }) => target.instanceId },
  { head: "MASTER NOW", get: ({ plan }) => named(plan?.master ?? masterOf(plan?.before)) },
  {
    head: "MASTER AFTER",
    get: (checked) => (checked.plan?.result === "swap" ? after(checked) : ""),
  },
  {
    head: "PLAN",
    get: ({ plan, open, error }) => (error ? "cannot be checked" : open ? FIND_OUT : plan?.result),
  },
  {
    head: "REASON",
    get: ({ plan, open, error }) =>
      error instanceof Error
        ? error.message
        : open
          ? describedRecord(open)
          : plan?.result === "swap"
            ? ""
            : plan?.reason,
  },
];

/** What would happen to one instance, in lines. @param {Order} order @param {Checked} checked */
export function explained(order, checked) {
  const { target, plan, error } = checked;
  const where = placeOf(order);
  const lines = [`${label(target)}${where && ` in ${where}`}`];
  if (plan) {
    lines.push(`  master now    ${named(plan.master ?? masterOf(plan.before))}`);
    if (plan.result === "swap") lines.push(`  master after  ${after(checked)}`);
  } else if (error instanceof Error) {
    lines.push(`  its roles could not be read: ${harmless(error.message)}`);
  }
  return lines;
}

/**
 * Asks about those that a swap is planned for.
 * @param {Order} order @param {Checked[]} checked
 */
export async function mayGoOn(order, checked) {
  const { output, signal } = order;
  const [one] = checked;
  const rows = checked.length === 1 && one ? explained(order, one) : [];
  const planned = checked.filter(({ plan }) => plan?.result === "swap");
  const [only = one] = planned;
  const which =
    planned.length > 1 || !only ? `these ${planned.length} instances` : label(only.target);
  if (checked.length > 1)
    rows.push(`in ${placeOf(order)}:`, ...output.askedTable(checked, CHECKED));
  output.ask([...rows, COST]);
  if (await yes(`Swap the nodes of ${which} now? [y/N] `, signal)) return true;
  output.note("Nothing was sent.");
  return false;
}

/**
 * @param {string} question @param {AbortSignal} signal
 * @returns {Promise<boolean>}
 */
function yes(question, signal) {
  // Not as a terminal of readline's own: that would take Ctrl+C for itself.
  const lines = createInterface({ input: process.stdin, output: process.stderr, terminal: false });
  return new Promise((resolve, reject) => {
    const interrupted = () => {
      process.stderr.write("\n");
      reject(signal.reason);
    };
    if (signal.aborted) return interrupted();
    signal.addEventListener("abort", interrupted, { once: true });
    // Ctrl+D ends the input: that is no yes.
    lines.once("close", () => resolve(false));
    lines.question(question, (answer) => resolve(/^y(es)?$/i.test(answer.trim())));
  }).finally(() => {
    lines.close();
    process.stdin.destroy();
  });
}
