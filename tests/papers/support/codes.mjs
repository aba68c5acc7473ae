// @ts-check
// The tables of error codes in docs/troubleshooting.md and in its translation, made from facts/dcs_error_codes.tsv.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./world.mjs";

const BEGIN = "<!-- codes: begin; `npm run codes` in tests/papers writes what follows -->";
const END = "<!-- codes: end -->";

/**
 * The papers, with their words for the kinds, in the order in which they stand, and for the heads of the tables.
 * @type {Record<string, { kinds: Record<string, string>, head: string, ours: string }>}
 */
export const PAPERS = {
  "docs/troubleshooting.md": {
    kinds: {
      authentication: "Authentication codes",
      permission: "Permission codes",
      not_found: "Not found codes",
      busy: "Busy codes",
      not_running: "Not running codes",
      unsupported: "Unsupported codes",
      invalid_request: "Invalid request codes",
      method: "Method codes",
      server: "Server codes",
    },
    head: "| HTTP | code | message |",
    ours: " (not published; the text is ours)",
  },
  "docs/troubleshooting.zh-CN.md": {
    kinds: {
      authentication: "认证错误码",
      permission: "权限错误码",
      not_found: "不存在错误码",
      busy: "实例正忙错误码",
      not_running: "未运行错误码",
      unsupported: "不支持错误码",
      invalid_request: "请求有误错误码",
      method: "请求方法错误码",
      server: "服务端错误码",
    },
    head: "| HTTP | 错误码 | 消息 |",
    ours: "（未公布；文字由本软件包拟定）",
  },
};

/** The codes that facts/operations.md has in bold, which no table of the service has. */
export function unpublished() {
  const [, section = ""] = read("facts/operations.md").split("### Codes that mean");
  const codes = [...(section.split("\n## ")[0]?.matchAll(/\*\*([A-Z.]*\d+)\*\*/g) ?? [])];
  return codes.map(([, code = ""]) => (/^\d+$/.test(code) ? `DCS.${code}` : code));
}

/** @param {(typeof PAPERS)[string]} words @returns {string} */
function tables({ kinds, head, ours }) {
  const notPublished = unpublished();
  const rows = readFileSync(join(ROOT, "facts/dcs_error_codes.tsv"), "utf8").trim().split("\n");
  /** @type {Map<string, Map<string, { status: string, codes: string[] }>>} */
  const byKind = new Map(Object.keys(kinds).map((kind) => [kind, new Map()]));
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
      const lines = [...messages].map(([key, { status, codes }]) => {
        const message = key.slice(status.length + 1).replace(/[|<>{}]/g, (mark) => `\\${mark}`);
        const named = codes
          .sort()
          .reverse()
          .map((code) => `\`${code}\``);
        const mark = codes.some((code) => notPublished.includes(code)) ? ours : "";
        return `| ${status} | ${named.join(", ")} | ${message}${mark} |`;
      });
      return `### ${kinds[kind]}\n\n${head}\n| --- | --- | --- |\n${lines.join("\n")}\n`;
    })
    .join("\n");
}

/** A paper with the tables as they should be. @param {string} name */
export function written(name) {
  const words = PAPERS[name];
  const [before, rest = ""] = read(name).split(BEGIN);
  const after = rest.split(END)[1];
  if (!words || after === undefined) throw new Error(`${name} has no place for the codes`);
  return `${before}${BEGIN}\n\n${tables(words)}\n${END}${after}`;
}

/** @param {string} name */
export const read = (name) => readFileSync(join(ROOT, name), "utf8");
