import { type Language, settings } from "../state/settings.ts";
import type { en } from "./en.ts";

export type Table = typeof en;
export type Key = keyof Table;

const loaders: Record<Language, () => Promise<Table>> = {
  en: () => import("./en.ts").then((module) => module.en),
  zh: () => import("./zh.ts").then((module) => module.zh),
};
const tables = new Map<Language, Table>();
let table: Table | undefined;

/** Loads the texts of a language, a chunk of its own, and takes them. */
export async function speak(language: Language): Promise<void> {
  table = tables.get(language) ?? (await loaders[language]());
  tables.set(language, table);
}

/** The text of a key in the language of the page, with its `{places}` filled in. */
export function t(key: Key, values: Record<string, string | number> = {}): string {
  return (table?.[key] ?? key).replace(/\{(\w+)\}/g, (place, name: string) =>
    name in values ? String(values[name]) : place,
  );
}

/** Whether a word is a key: for texts that are chosen by what the service says. */
export function has(key: string): key is Key {
  return table !== undefined && Object.hasOwn(table, key);
}

/** The tag for `lang` and for Intl. */
export function locale(): string {
  return settings.value.language === "zh" ? "zh-CN" : "en-GB";
}

export function clock(ms: number): string {
  return new Intl.DateTimeFormat(locale(), {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hour12: false,
  }).format(ms);
}

export function seconds(ms: number, digits = 2): string {
  const n = new Intl.NumberFormat(locale(), {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(ms / 1000);
  return t("unit.seconds", { n });
}
