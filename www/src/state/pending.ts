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

export function loadPending(): Pending | undefined {
  try {
    const value = JSON.parse(sessionStorage.getItem(KEY) ?? "null") as Record<string, unknown>;
    const { startedAt } = value;
    const kept: Partial<Record<(typeof NAMES)[number], string>> = {};
    for (const name of NAMES) {
      const text = value[name];
      if (typeof text === "string") kept[name] = text;
    }
    const { instanceId, phase } = kept;
    if (!instanceId || !phase || typeof startedAt !== "number") return undefined;
    return { ...kept, instanceId, phase: phase as SwitchoverPhase, startedAt };
  } catch {
    return undefined;
  }
}

export function savePending(pending: Pending): void {
  const kept: Record<string, unknown> = { startedAt: pending.startedAt };
  for (const name of NAMES) kept[name] = pending[name];
  try {
    sessionStorage.setItem(KEY, JSON.stringify(kept));
  } catch {
    // Then a reload loses it; the switchover itself does not care.
  }
}

export function clearPending(): void {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // Nothing was kept.
  }
}
