// @ts-check
// The one client of the emulator's admin addresses, for tests in Node, Deno, Bun and pages.

/** @typedef {import("./types.d.ts").Config} Config */
/** @typedef {import("./types.d.ts").Fault} Fault */
/** @typedef {import("./types.d.ts").Key} Key */
/** @typedef {import("./types.d.ts").Match} Match */
/** @typedef {import("./types.d.ts").NewInstance} NewInstance */
/** @typedef {import("./types.d.ts").Seen} Seen */
/** @typedef {import("./types.d.ts").State} State */
/** @typedef {import("./types.d.ts").Truth} Truth */

export { Emulator, instanceId, newAccessKeyId } from "../../emulator/js/admin.mjs";
