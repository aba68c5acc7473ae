import { route } from "../route.ts";
import { fleet, readInstance, readRoles, rowOf } from "./fleet.ts";
import { refusalOf } from "./nodes.ts";
import { type Problem, describe } from "./problem.ts";
import { session } from "./session.ts";
import { Store } from "./store.ts";

/** The instance that the address names: the page shows this one or none. */
export interface Shown {
  id?: string;
  state: "none" | "loading" | "ready" | "unknown" | "failed";
  problem?: Problem;
}

export const shown = new Store<Shown>({ state: "none" });

/** Milliseconds between two readings of the shown instance; they grow while nothing changes. */
const SHORTEST_MS = 5_000;
const LONGEST_MS = 60_000;

let reading = new AbortController();
let pause = SHORTEST_MS;
let timer: ReturnType<typeof setTimeout> | undefined;
/** While a switchover of it runs here, that reads the roles. */
let isRunning: (id: string) => boolean = () => false;

/** What tells whether something changed. */
function stateOf(id: string): string {
  const row = rowOf(id);
  return JSON.stringify([row?.info.status, row?.nodes?.map((node) => [node.nodeId, node.role])]);
}

async function read(id: string, signal: AbortSignal): Promise<void> {
  await readInstance(id, signal);
  const row = rowOf(id);
  if (signal.aborted || !row) return;
  shown.set({ state: "ready", problem: undefined });
  if (!refusalOf(row.info)) await readRoles(id, signal).catch(() => undefined);
}

async function first(id: string, signal: AbortSignal): Promise<void> {
  try {
    await read(id, signal);
  } catch (error) {
    if (signal.aborted) return;
    const problem = await describe(error);
    const gone = problem.httpStatusCode === 404 || problem.kind === "not_found";
    shown.set({ state: gone ? "unknown" : "failed", problem });
    return;
  }
  later(id, signal);
}

/** Reads again after a pause, and so on until another instance is shown. */
function later(id: string, signal: AbortSignal): void {
  timer = setTimeout(async () => {
    if (signal.aborted) return;
    if (!document.hidden && !isRunning(id)) {
      const before = stateOf(id);
      const failed = await read(id, signal).then(
        () => false,
        () => true,
      );
      if (signal.aborted) return;
      pause = !failed && stateOf(id) !== before ? SHORTEST_MS : Math.min(pause * 1.5, LONGEST_MS);
    }
    later(id, signal);
  }, pause);
}

/** Reads the shown instance now, and soon again. */
export function readShown(): void {
  const { id } = shown.value;
  restart(id);
}

function restart(id: string | undefined): void {
  reading.abort();
  reading = new AbortController();
  clearTimeout(timer);
  pause = SHORTEST_MS;
  if (id && session.value.connected) void first(id, reading.signal);
}

/** Follows the address: what it names is read by its id, whatever the list holds. */
export function watchShown(running: typeof isRunning): void {
  isRunning = running;
  let connected = false;
  const look = () => {
    const { instanceId, unusable } = route.value;
    const same = instanceId === shown.value.id && connected === session.value.connected;
    connected = session.value.connected;
    if (unusable) return shown.set({ id: undefined, state: "unknown", problem: undefined });
    if (same && shown.value.state !== "unknown") return undefined;
    const known = instanceId && connected && rowOf(instanceId);
    const state = !instanceId ? "none" : known ? "ready" : "loading";
    shown.set({ id: instanceId, state, problem: undefined });
    return restart(instanceId);
  };
  route.subscribe(look);
  session.subscribe(look);
  look();
  document.addEventListener("visibilitychange", () => {
    // Whoever comes back sees what is, not what was.
    if (!document.hidden && shown.value.state === "ready") readShown();
  });
  // The list was emptied with the connection.
  fleet.subscribe(() => {
    const { id, state } = shown.value;
    if (state === "ready" && id && !rowOf(id)) shown.set({ state: "loading" });
  });
}
