// @ts-check
// Where the command writes down that a swap is about to leave, so that its next run knows if this one dies.

import { homedir } from "node:os";
import { join } from "node:path";
import { fileJournal } from "huaweicloud-dcs/journal";

/**
 * The journal of a command: a folder, unless it is told to do without.
 * @param {import("./main.mjs").Order} order
 */
export function journalOf({ options }) {
  const { journal } = options;
  return journal === "none" ? undefined : fileJournal(journal ?? usualFolder());
}

/** What a user's programs keep from one run to the next (XDG base directory specification). */
function usualFolder() {
  const state = process.env.XDG_STATE_HOME || join(homedir(), ".local", "state");
  return join(state, "huaweicloud-dcs", "switchovers");
}
