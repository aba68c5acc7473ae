import type { SwitchoverPhase } from "huaweicloud-dcs";
import type { Intent } from "./core.ts";
import type { Target } from "./target.ts";

/**
 * A switchover whose end has not been seen: enough to follow it again after a reload, or when its tab was closed, and no
 * secret. It lives in localStorage, so that every tab knows of it.
 */
export interface Pending {
  /** Of the instance at its place. */
  key: string;
  /** The key of the record in the package's journal. */
  journalKey?: string;
  /** The tab that follows it, or followed it last. */
  tab: string;
  target: Target;
  instanceId: string;
  name: string;
  phase: SwitchoverPhase;
  /** Milliseconds since 1970. */
  startedAt: number;
  intent?: Intent;
}

const KEY = "dcs-console.pending";

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";

/** One of what was written, if it is usable. */
function usable(value: unknown): value is Pending {
  if (typeof value !== "object" || value === null) return false;
  const { key, tab, target, instanceId, name, phase, startedAt } = value as Partial<Pending>;
  return (
    [key, tab, instanceId, name, phase].every(isText) &&
    typeof target === "object" &&
    target !== null &&
    typeof startedAt === "number"
  );
}

export function loadPending(): Pending[] {
  try {
    const list: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(list) ? list.filter(usable) : [];
  } catch {
    return [];
  }
}

function write(list: Pending[]): void {
  try {
    if (list.length === 0) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, JSON.stringify(list));
  } catch {
    // Then a reload loses it; the switchover itself does not care.
  }
}

const without = (key: string) => loadPending().filter((one) => one.key !== key);

/** One for an instance: a newer one takes the older one's place. */
export function savePending(pending: Pending): void {
  write([...without(pending.key), pending]);
}

export function clearPending(key: string): void {
  write(without(key));
}
