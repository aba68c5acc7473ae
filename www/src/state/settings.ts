import { Store } from "./store.ts";

export type Language = "en" | "zh";
export type Theme = "auto" | "light" | "dark";

export interface Settings {
  language: Language;
  theme: Theme;
  /** Minutes without a key or pointer after which credentials are wiped. */
  idleMinutes: number;
  /** Days that switchovers are kept in the history of this browser; 0: in this tab only. */
  historyDays: number;
  /** Instances on a page of the list. */
  pageSize: number;
}

export const IDLE_CHOICES = [1, 5, 10, 30, 60] as const;
export const HISTORY_CHOICES = [0, 7, 30, 90] as const;
export const PAGE_CHOICES = [25, 50, 100, 200] as const;
const KEY = "dcs-console.settings";

/** The first language of the browser that there is a table for. */
export function preferredLanguage(languages: readonly string[]): Language {
  for (const tag of languages) {
    const language = tag.toLowerCase().split("-")[0];
    if (language === "zh" || language === "en") return language;
  }
  return "en";
}

/** What each setting may be. */
const CHOICES: { [name in keyof Settings]: readonly Settings[name][] } = {
  language: ["en", "zh"],
  theme: ["auto", "light", "dark"],
  idleMinutes: IDLE_CHOICES,
  historyDays: HISTORY_CHOICES,
  pageSize: PAGE_CHOICES,
};

function stored(): Partial<Settings> {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    if (typeof value !== "object" || value === null) return {};
    const good = Object.entries(value).filter(([name, one]) =>
      (CHOICES[name as keyof Settings] as readonly unknown[] | undefined)?.includes(one),
    );
    return Object.fromEntries(good);
  } catch {
    // Storage may be forbidden, or hold what another version wrote.
    return {};
  }
}

export const settings = new Store<Settings>({
  language: preferredLanguage(navigator.languages),
  theme: "auto",
  idleMinutes: 10,
  historyDays: 30,
  pageSize: 100,
  ...stored(),
});

/** Changes settings and remembers those that were chosen. */
export function choose(patch: Partial<Settings>): void {
  settings.set(patch);
  try {
    localStorage.setItem(KEY, JSON.stringify({ ...stored(), ...patch }));
  } catch {
    // Then the choice holds for this page.
  }
}
