import type { Report } from "./core.ts";
import type { Problem } from "./problem.ts";
import { settings } from "./settings.ts";
import { Store } from "./store.ts";
import { listen, randomId, tell } from "./tabs.ts";
import { type Target, placeOf } from "./target.ts";

/** A switchover that has ended. Nothing of it is secret. */
export interface Entry {
  id: string;
  /** Its end, in milliseconds since 1970. */
  at: number;
  name: string;
  /** Who: the access key id, shortened, or the user that the back end names. */
  who: string;
  region?: string;
  projectId?: string;
  /** Region and host, for reading. */
  where: string;
  stopped: boolean;
  /** The report is that of an earlier switchover: what was confirmed was not sent. */
  instead?: boolean;
  /** Of the requests that asked for the swap. */
  requestIds: string[];
  report: Report;
  problem?: Problem;
}

export const history = new Store<{ entries: Entry[] }>({ entries: [] });

const DATABASE = "dcs-console";
const STORE = "switchovers";
const DAY_MS = 86_400_000;

/** The database; undefined where the browser has none, or forbids it. */
function open(): Promise<IDBDatabase | undefined> {
  return new Promise((resolve) => {
    try {
      const request = indexedDB.open(DATABASE, 1);
      request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "id" });
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => resolve(undefined);
      request.onblocked = () => resolve(undefined);
    } catch {
      resolve(undefined);
    }
  });
}

/** Runs a request in a transaction of its own; undefined when it failed. */
async function stored<T>(
  mode: IDBTransactionMode,
  work: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T | undefined> {
  const database = await open();
  if (!database) return undefined;
  try {
    return await new Promise<T>((resolve, reject) => {
      const transaction = database.transaction(STORE, mode);
      const request = work(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error as unknown as Error);
    });
  } catch {
    // A full or forbidden store: then the history is that of this tab.
    return undefined;
  } finally {
    database.close();
  }
}

const newestFirst = (entries: Entry[]) => entries.sort((a, b) => b.at - a.at);

/** Reads what was kept, and lets go of what is too old. */
export async function loadHistory(): Promise<void> {
  const days = settings.value.historyDays;
  if (days === 0) return;
  const all = (await stored<Entry[]>("readonly", (store) => store.getAll())) ?? [];
  const since = Date.now() - days * DAY_MS;
  for (const { id } of all.filter(({ at }) => at < since)) {
    await stored("readwrite", (store) => store.delete(id));
  }
  const ids = new Set(all.map(({ id }) => id));
  // Of this tab alone: what could not be stored.
  const here = history.value.entries.filter(({ id, at }) => !ids.has(id) && at >= since);
  history.set({ entries: newestFirst([...here, ...all.filter(({ at }) => at >= since)]) });
}

export function watchHistory(): void {
  void loadHistory();
  listen(({ kind }) => {
    if (kind !== "history") return;
    // Another tab has added to it, or wiped it.
    if (settings.value.historyDays > 0) history.set({ entries: [] });
    void loadHistory();
  });
  let days = settings.value.historyDays;
  settings.subscribe(() => {
    if (days === settings.value.historyDays) return;
    days = settings.value.historyDays;
    // What is not to be kept any longer goes at once; what this tab has seen stays in it.
    if (days === 0) void stored("readwrite", (store) => store.clear());
    else void loadHistory();
  });
}

interface Ended {
  run: Pick<Entry, "name" | "stopped" | "instead" | "requestIds" | "problem"> & { target: Target };
  report: Report;
  who: string;
  projectId?: string;
}

export function remember({ run, report, who, projectId }: Ended): void {
  const { name, target, stopped, instead, requestIds, problem } = run;
  const { region } = target;
  const where = placeOf(target);
  const made = { id: randomId(), at: Date.now(), name, who, region, projectId, where };
  const entry: Entry = { ...made, stopped, instead, requestIds, report, problem };
  history.set({ entries: [entry, ...history.value.entries] });
  if (settings.value.historyDays === 0) return;
  void stored("readwrite", (store) => store.put(entry)).then(() => tell("history"));
}

export async function wipeHistory(): Promise<void> {
  history.set({ entries: [] });
  await stored("readwrite", (store) => store.clear());
  tell("history");
}
