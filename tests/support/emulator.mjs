// @ts-check
// The one client of the emulator's admin addresses, for tests in Node, Deno, Bun and pages.

/** @typedef {import("./types.js").Config} Config */
/** @typedef {import("./types.js").Fault} Fault */
/** @typedef {import("./types.js").Key} Key */
/** @typedef {import("./types.js").Match} Match */
/** @typedef {import("./types.js").NewInstance} NewInstance */
/** @typedef {import("./types.js").Seen} Seen */
/** @typedef {import("./types.js").State} State */
/** @typedef {import("./types.js").Truth} Truth */

export { Emulator, instanceId, newAccessKeyId } from "../../emulator/js/admin.mjs";
