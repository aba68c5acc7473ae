// @ts-check
// The back end that a page talks to, as CommonJS. It uses the client of the package as anyone would.
"use strict";

const { createDcsHandler, toNodeListener, fileAudit } = require("./lib/server.cjs");

module.exports = { createDcsHandler, toNodeListener, fileAudit };
