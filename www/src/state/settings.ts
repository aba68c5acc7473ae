import { Store } from "./store.ts";

export type Language = "en" | "zh";
export type Theme = "auto" | "light" | "dark";

export interface Settings {
  language: Language;
  theme: Theme;
  /** Minutes without a key or pointer after which credentials are wiped. */
  idleMinutes: number;
}

export const IDLE_CHOICES = [1, 5, 10, 30, 60] as const;
const KEY = "dcs-console.settings";

/** The first language of the browser that there is a table for. */
export function preferredLanguage(languages: readonly string[]): Language {
  for (const tag of languages) {
    const language = tag.toLowerCase().split("-")[0];
    if (language === "zh" || language === "en") return language;
  }
  return "en";
}

function stored(): Partial<Settings> {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    if (typeof value !== "object" || value === null) return {};
    const { language, theme, idleMinutes } = value as Record<string, unknown>;
    return {
      ...(language === "en" || language === "zh" ? { language } : {}),
      ...(theme === "light" || theme === "dark" ? { theme } : {}),
      ...(IDLE_CHOICES.some((choice) => choice === idleMinutes)
        ? { idleMinutes: Number(idleMinutes) }
        : {}),
    };
  } catch {
    // Storage may be forbidden, or hold what another version wrote.
    return {};
  }
}

export const settings = new Store<Settings>({
  language: preferredLanguage(navigator.languages),
  theme: "auto",
  idleMinutes: 10,
  ...stored(),
});

/** Changes settings and remembers those that were chosen: nothing else of this page is ever kept in localStorage. */
export function choose(patch: Partial<Settings>): void {
  settings.set(patch);
  try {
    localStorage.setItem(KEY, JSON.stringify({ ...stored(), ...patch }));
  } catch {
    // Then the choice holds for this page.
  }
}
