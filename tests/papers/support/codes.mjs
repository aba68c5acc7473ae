// @ts-check
// The table of error codes in docs/troubleshooting.md, made from facts/dcs_error_codes.tsv.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./world.mjs";

const BEGIN = "<!-- codes: begin; `npm run codes` in tests/papers writes what follows -->";
const END = "<!-- codes: end -->";
export const PAPER = join(ROOT, "docs/troubleshooting.md");

/** The kinds in the order in which the paper has them. */
const KINDS = {
  authentication: "Authentication",
  permission: "Permission",
  not_found: "Not found",
  busy: "Busy",
  not_running: "Not running",
  unsupported: "Unsupported",
  invalid_request: "Invalid request",
  method: "Method",
  server: "Server",
};

/** @returns {string} */
function tables() {
  const rows = readFileSync(join(ROOT, "facts/dcs_error_codes.tsv"), "utf8").trim().split("\n");
  /** @type {Map<string, Map<string, { status: string, codes: string[] }>>} */
  const byKind = new Map(Object.keys(KINDS).map((kind) => [kind, new Map()]));
  for (const row of rows.slice(1)) {
    const [status = "", code = "", message = "", kind = ""] = row.split("\t");
    const messages = byKind.get(kind);
    if (!messages) throw new Error(`no kind ${kind}`);
    const key = `${status} ${message}`;
    const entry = messages.get(key) ?? { status, codes: [] };
    entry.codes.push(code);
    messages.set(key, entry);
  }
  return [...byKind]
    .map(([kind, messages]) => {
      const title = KINDS[/** @type {keyof typeof KINDS} */ (kind)];
      const lines = [...messages].map(([key, { status, codes }]) => {
        const message = key.slice(status.length + 1).replace(/[|<>{}]/g, (mark) => `\\${mark}`);
        const named = codes
          .sort()
          .reverse()
          .map((code) => `\`${code}\``);
        return `| ${status} | ${named.join(", ")} | ${message} |`;
      });
      return `### ${title} codes\n\n| HTTP | code | message |\n| --- | --- | --- |\n${lines.join("\n")}\n`;
    })
    .join("\n");
}

/**
 * The paper with the tables as they should be.
 * @param {string} text
 */
export function written(text) {
  const [before, rest = ""] = text.split(BEGIN);
  const after = rest.split(END)[1];
  if (after === undefined) throw new Error("docs/troubleshooting.md has no place for the codes");
  return `${before}${BEGIN}\n\n${tables()}\n${END}${after}`;
}
