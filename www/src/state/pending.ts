import type { SwitchoverPhase } from "huaweicloud-dcs";

/**
 * What survives a reload in mid-switchover: enough to find the job and tell whether the roles changed, and no secret.
 * It lives in sessionStorage, which ends with the tab.
 */
export interface Pending {
  region?: string;
  endpoint?: string;
  instanceId: string;
  /** The master before: what the roles are compared with. */
  masterBefore?: string;
  jobId?: string;
  phase: SwitchoverPhase;
  startedAt: number;
}

const KEY = "dcs-console.pending";
const NAMES = ["region", "endpoint", "instanceId", "masterBefore", "jobId", "phase"] as const;

/** One of what was written, if it is usable. */
function read(value: unknown): Pending | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const given = value as Record<string, unknown>;
  const kept: Partial<Record<(typeof NAMES)[number], string>> = {};
  for (const name of NAMES) {
    const text = given[name];
    if (typeof text === "string") kept[name] = text;
  }
  const { instanceId, phase } = kept;
  const { startedAt } = given;
  if (!instanceId || !phase || typeof startedAt !== "number") return undefined;
  return { ...kept, instanceId, phase: phase as SwitchoverPhase, startedAt };
}

/** The switchovers whose end this tab has not seen. */
export function loadPending(): Pending[] {
  try {
    const list: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? "[]");
    return Array.isArray(list) ? list.map(read).filter((one) => one !== undefined) : [];
  } catch {
    return [];
  }
}

function write(list: Pending[]): void {
  try {
    if (list.length === 0) sessionStorage.removeItem(KEY);
    else sessionStorage.setItem(KEY, JSON.stringify(list));
  } catch {
    // Then a reload loses it; the switchover itself does not care.
  }
}

const without = (instanceId: string) =>
  loadPending().filter((one) => one.instanceId !== instanceId);

/** One for an instance: a newer one takes the older one's place. */
export function savePending(pending: Pending): void {
  write([...without(pending.instanceId), pending]);
}

export function clearPending(instanceId: string): void {
  write(without(instanceId));
}
