import { readRoles, rowOf } from "./fleet.ts";
import { refusalOf } from "./nodes.ts";
import { shown } from "./shown.ts";

/** Roles read at once, and for how many milliseconds they count as fresh in the list. */
const READERS = 4;
const FRESH_MS = 60_000;

/** Rows that are in sight and whose roles are due. */
const wanted = new Set<string>();
let readers = 0;

function due(id: string): boolean {
  // The instance that is shown is read there.
  if (id === shown.value.id) return false;
  const row = rowOf(id);
  // Reading them tells something of instances that could be swapped, and of unknown modes.
  if (!row || refusalOf(row.info)) return false;
  return Date.now() - Math.max(row.rolesAt ?? 0, row.failedAt ?? 0) > FRESH_MS;
}

async function reader(): Promise<void> {
  for (const id of wanted) {
    wanted.delete(id);
    // The row says what came of it.
    if (due(id)) await readRoles(id).catch(() => undefined);
  }
}

/** A row came into sight: its roles are read, unless they are fresh. */
export function inSight(id: string): void {
  if (!due(id)) return;
  wanted.add(id);
  if (readers >= READERS) return;
  readers++;
  void reader().finally(() => readers--);
}

export function outOfSight(id: string): void {
  wanted.delete(id);
}
