import { Store } from "./store.ts";

/** What screen readers are told, oldest first; the newest few, so that none takes another's place unread. */
export const announcements = new Store<{ polite: Said[]; urgent: string }>({
  polite: [],
  urgent: "",
});

export interface Said {
  id: number;
  text: string;
}

const KEPT = 8;
let lastId = 0;

/** Tells it when the reader is free, or at once. */
export function announce(text: string, urgent = false): void {
  if (urgent) return announcements.set({ urgent: text });
  const said = [...announcements.value.polite, { id: ++lastId, text }];
  announcements.set({ polite: said.slice(-KEPT) });
}
