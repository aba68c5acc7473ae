// @ts-check
// Where the command writes down that a swap is about to leave, so that its next run knows if this one dies.

import { join } from "node:path";
import { fileJournal } from "huaweicloud-dcs/journal";
import { stateFolder } from "./console/state.mjs";

/**
 * The journal of a command: a folder, unless it is told to do without.
 * @param {import("./main.mjs").Order} order
 */
export function journalOf({ options }) {
  const { journal } = options;
  return journal === "none"
    ? undefined
    : fileJournal(journal ?? join(stateFolder(process.env), "switchovers"));
}
