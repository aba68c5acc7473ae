// @ts-check
// The journals, as one bundle. Neither touches the world before it is used: what it needs is asked for then, so that the
// same file loads in Node, Deno, Bun and pages.

export { fileJournal } from "./journal/file.mjs";
export { webJournal } from "./journal/web.mjs";
