import { webJournal } from "huaweicloud-dcs/journal";
import type { Intent, Journal } from "./core.ts";

/** What the tabs of this origin exclude each other by, and what a reload finds. */
export const journal: Journal = webJournal();

/** The journal of one switchover; `onRecord` is told what is written, so that the page can follow it again. */
export function journalFor(onRecord: (key: string, record: Intent | undefined) => void): Journal {
  return {
    read: async (key) => {
      const found = await journal.read(key);
      onRecord(key, found);
      return found;
    },
    write: async (key, record) => {
      await journal.write(key, record);
      onRecord(key, record);
    },
    remove: (key) => journal.remove(key),
  };
}
