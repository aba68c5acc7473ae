// @ts-check
// A record that an earlier run left in the journal: its swap may have run, so that is found out before anything is checked,
// asked or sent.

import { masterOf, named } from "./report.mjs";
import { conditions } from "./plan.mjs";

/** @typedef {import("./main.mjs").Order} Order */
/** @typedef {import("./plan.mjs").Checked} Checked */
/** @typedef {import("huaweicloud-dcs").SwitchoverJournal} SwitchoverJournal */
/** @typedef {import("huaweicloud-dcs").SwitchoverRecord} SwitchoverRecord */
/** @typedef {import("huaweicloud-dcs").SwitchoverReport} SwitchoverReport */

/**
 * The record of an instance, if there is one. Like one that cannot be read, it leaves a swap in doubt until more is known.
 * @param {Order} order @param {SwitchoverJournal | undefined} journal @param {string} instanceId
 */
export async function openRecord({ swaps }, journal, instanceId) {
  try {
    const open = (await journal?.read(instanceId)) ?? undefined;
    if (open) swaps.leaves(instanceId);
    return open;
  } catch (error) {
    const { cause } = /** @type {{ cause?: NodeJS.ErrnoException }} */ (error);
    // Below a file there is no folder, and so no record; the switchover itself then refuses.
    if (cause?.code === "ENOTDIR") return undefined;
    swaps.leaves(instanceId);
    throw error;
  }
}

/** @param {SwitchoverRecord} record */
export const describedRecord = ({ startedAt }) =>
  `a switchover of this instance that began at ${startedAt} has an open record: this run finds out what became of it, and sends nothing`;

/** A switchover that an earlier run began has ended, and what this run asks for does not hold. */
export class NotAsAsked extends Error {
  name = "NotAsAsked";

  /** @param {SwitchoverReport} report @param {string} asked */
  constructor(report, asked) {
    const master = named(masterOf(report.after)) || "not known";
    super(
      `a switchover that was begun earlier has ended, and the master is ${master}: ${asked}. Nothing was sent: run it again`,
    );
    this.report = report;
  }
}

/**
 * What is wrong, by what this run asks for, with the end of a switchover that an earlier run began. Whoever expects the node
 * to be master that it is now has still a swap to ask for.
 * @param {Order} order @param {SwitchoverReport} report
 */
export function notAsAsked(order, report) {
  const { to = {}, expectedMaster } = conditions(order);
  const { nodeId, zone, awayFromZone } = /** @type {Record<string, string | undefined>} */ (to);
  const master = masterOf(report.after);
  if (nodeId !== undefined && master?.nodeId !== nodeId)
    return new NotAsAsked(report, `--to-node ${nodeId} does not hold`);
  if (zone !== undefined && master?.azCode !== zone)
    return new NotAsAsked(report, `--to-zone ${zone} does not hold`);
  if (awayFromZone !== undefined && (!master?.azCode || master.azCode === awayFromZone))
    return new NotAsAsked(report, `--away-from-zone ${awayFromZone} does not hold`);
  if (nodeId === undefined && zone === undefined && awayFromZone === undefined)
    if (expectedMaster !== undefined && master?.nodeId === expectedMaster)
      return new NotAsAsked(report, "it is the one of --expect-master, which is to be swapped");
  return undefined;
}
