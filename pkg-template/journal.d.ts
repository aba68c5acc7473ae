/**
 * Journals of switchovers: where an intent is kept from before the swap leaves until its result is proven, so that a process
 * that dies, or a tab that is closed, is followed by one that knows.
 *
 * @packageDocumentation
 */
import type { SwitchoverJournal } from "./index.js";

export type { SwitchoverJournal, SwitchoverRecord } from "./index.js";

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
