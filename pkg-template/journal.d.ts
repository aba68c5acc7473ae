/**
 * Journals of switchovers: where an intent is kept from before the swap leaves until its result is proven, so that a process
 * that dies, or a tab that is closed, is followed by one that knows.
 *
 * @packageDocumentation
 */
import type { NodeRole } from "./index.js";

/** A switchover that was begun and whose result is not proven yet. Plain JSON; it holds no secret. */
export interface SwitchoverRecord {
  version: 1;
  /** Random, one for each switchover. */
  id: string;
  instanceId: string;
  /** UTC, by the clock of the machine that began it: `20261125T220000Z`. */
  startedAt: string;
  /** `sending`: the swap may have left, or not. `accepted`: the service has answered with a job. */
  state: "sending" | "accepted";
  /** The nodes as they were read before the swap. */
  before: NodeRole[];
  /** The job of the swap, once it is known. */
  jobId?: string;
  /** Ids of the swaps that the instance's background tasks listed before, if they could be read. */
  tasks?: string[];
  /** The goal of the switchover, if it had one. */
  to?: { nodeId: string } | { zone: string } | { awayFromZone: string };
  expectedMaster?: string;
}

/**
 * What `switchover()` asks of a journal. Any store that can compare and set will do.
 *
 * @example
 * ```ts
 * const key = "project/region/instance"; // made by the client
 * const record = await journal.read(key);
 * if (record === undefined) await journal.write(key, begun);
 * ```
 */
export interface SwitchoverJournal {
  /**
   * The record of this key; `undefined` if there is none.
   *
   * Rejects if that cannot be said, also if there is one that cannot be read: it must never be taken for none.
   */
  read(key: string): Promise<SwitchoverRecord | undefined>;
  /**
   * Writes a record, if there is none for this key or one with the same `id`. When it resolves, the record survives a crash.
   *
   * Rejects otherwise; if there is another record, with an error whose `record` is that one.
   */
  write(key: string, record: SwitchoverRecord): Promise<void>;
  /** Removes the record of this key that was last read or written here. That there is none is no error. */
  remove(key: string): Promise<void>;
}

/**
 * A journal in a folder, for Node, Deno and Bun. The folder is made if it is not there; what is in it can be read by its
 * owner alone (mode 0600). Processes that share the folder exclude each other without a lock, so none can be left behind.
 *
 * Throws if `folder` is neither a path nor a `file:` URL, or in a page.
 *
 * @example
 * ```ts
 * import { DcsClient } from "huaweicloud-dcs";
 * import { fileJournal } from "huaweicloud-dcs/journal";
 *
 * const journal = fileJournal("/var/lib/my-app/switchovers");
 * await new DcsClient({ region: "cn-north-4" }).switchover({ instanceId, journal });
 * ```
 */
export declare function fileJournal(folder: string | URL): SwitchoverJournal;

/**
 * A journal in the IndexedDB of the page's origin. Tabs and workers of one origin exclude each other.
 *
 * In a private window it lasts as long as the window does. An answer of the browser that takes longer than 10 seconds is
 * an error.
 *
 * @param options `name`: of the database, `huaweicloud-dcs` unless given.
 *
 * @example
 * ```ts
 * import { webJournal } from "huaweicloud-dcs/journal";
 *
 * await dcs.switchover({ instanceId, journal: webJournal() });
 * ```
 */
export declare function webJournal(options?: { name?: string }): SwitchoverJournal;
