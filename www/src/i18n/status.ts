import type { Refusal } from "../state/nodes.ts";
import { has, t } from "./index.ts";

const plain = (text: string) => text.replace(/[^a-z]/gi, "").toUpperCase();

/** The page's word for a status; "" where there is none, or where it is the service's own. */
export function statusWord(value: string, of: "status" | "job" = "status"): string {
  const key = `${of}.${value}`;
  const word = has(key) ? t(key) : "";
  return plain(word) === plain(value) ? "" : word;
}

/** A status as text: the page's word, and the service's beside it. */
export function statusText(value: string, of: "status" | "job" = "status"): string {
  return [statusWord(value, of), value].filter(Boolean).join(" ");
}

/** Why an instance cannot be swapped; a status in it in words of the page too. */
export function refusalText({ key, values }: Refusal): string {
  const status = values?.status;
  return t(key, { ...values, ...(status !== undefined && { status: statusText(String(status)) }) });
}
