import { Store } from "./store.ts";

/** What screen readers are told: `polite` when they are free, `urgent` at once. */
export const announcements = new Store({ polite: "", urgent: "" });

export function announce(text: string, urgent = false): void {
  announcements.set(urgent ? { urgent: text } : { polite: text });
}
