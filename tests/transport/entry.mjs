// @ts-check
// The file that a runtime gets when it imports the package.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

export const PACKAGE = process.env.DCS_PKG ?? fileURLToPath(new URL("../../pkg", import.meta.url));

/** @type {Record<string, string[]>} */
const CONDITIONS = {
  node: ["node", "default"],
  bun: ["bun"],
  bunHttp2: ["bun"],
  deno: ["deno"],
  chromium: ["browser"],
};

/** Its path in the package. @param {string} runtime */
export function entryPath(runtime) {
  const name = runtime.replace(/^node\d+$/, "node");
  let entry = JSON.parse(readFileSync(join(PACKAGE, "package.json"), "utf8")).exports["."].import;
  for (const condition of CONDITIONS[name] ?? []) entry = entry[condition];
  if (typeof entry !== "string") throw new Error(`the package has no entry for ${runtime}`);
  return entry;
}

/** Its URL. @param {string} runtime */
export const entryFor = (runtime) => pathToFileURL(join(PACKAGE, entryPath(runtime))).href;
