// @ts-check
// The journals of switchovers, as an ES module.

export { fileJournal, webJournal } from "./lib/journal.mjs";
