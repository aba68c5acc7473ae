// @ts-check
// The emulator's admin addresses, for Node and for pages.

/** @typedef {import("../support/types.d.ts").State} State */
/** @typedef {import("../support/types.d.ts").TrueJob} TrueJob */

/**
 * What the judge needs of a node, of an instance, of a request.
 * @typedef {Pick<import("../support/types.d.ts").TrueNode, "node_id" | "role" | "address">} TrueNode
 * @typedef {Pick<import("../support/types.d.ts").Truth, "counters" | "jobs" | "roles_changed_ms"> & { nodes: TrueNode[] }} Truth
 * @typedef {Pick<
 *   import("../support/types.d.ts").Seen,
 *   "seq" | "time" | "operation" | "status" | "outcome" | "fault" | "access_key"
 * >} Seen
 */

export { Emulator } from "../support/emulator.mjs";
