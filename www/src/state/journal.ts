import type { Intent, Journal } from "./core.ts";

const memory = new Map<string, Intent>();

export const journal: Journal = {
  read: async (key) => memory.get(key),
  write: async (key, record) => void memory.set(key, record),
  remove: async (key) => void memory.delete(key),
};

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
