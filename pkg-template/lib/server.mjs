// @ts-check
// The back end of a page that talks to no other, for Node, Deno, Bun and workers.

export { createDcsHandler } from "./server/handler.mjs";
export { toNodeListener } from "./server/node.mjs";
export { fileAudit } from "./server/audit.mjs";
