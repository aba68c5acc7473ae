// @ts-check
// The journals of switchovers, as CommonJS.
"use strict";

const { fileJournal, webJournal } = require("./lib/journal.cjs");

module.exports = { fileJournal, webJournal };
