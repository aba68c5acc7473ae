import type { SwitchoverJournal } from "huaweicloud-dcs";
import { webJournal } from "huaweicloud-dcs/journal";
import type { Intent } from "./core.ts";

/** What the tabs of this origin exclude each other by, and what a reload finds. */
export const journal: SwitchoverJournal = webJournal();

/** The journal of one switchover; `onRecord` is told what is in it, so that the page can follow it again. */
export function journalFor(onRecord: (key: string, record: Intent) => void): SwitchoverJournal {
  return {
    read: async (key) => {
      const found = await journal.read(key);
      if (found) onRecord(key, found);
      return found;
    },
    write: async (key, record) => {
      await journal.write(key, record);
      onRecord(key, record);
    },
    remove: (key) => journal.remove(key),
  };
}
