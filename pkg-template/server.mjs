// @ts-check
// The back end that a page talks to, as an ES module. It uses the client of the package as anyone would.

export { createDcsHandler, toNodeListener, fileAudit } from "./lib/server.mjs";
