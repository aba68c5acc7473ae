// @ts-check
// Links of the papers lead somewhere: files and anchors that exist, functions that are in the file they are said to be in.

import assert from "node:assert/strict";
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, test } from "node:test";
import { ROOT, papers } from "./support/world.mjs";

const all = papers();
const byName = new Map(all.map((paper) => [paper.paper, paper]));
/** An identifier in a code span: `name`, `name()`, `Type::name`. */
const CODE = /^`(?:\w+(?:::|\.))?([A-Za-z_]\w*)(?:\(\))?`$/;
const SOURCE = /\.(rs|mjs|cjs|js|ts|tsv|toml|py)$/;

/**
 * Whether a source defines a name: as a function, type, constant, class or method. A name that is only used there leads a
 * reader nowhere.
 * @param {string} source
 * @param {string} name
 */
const defines = (source, name) =>
  new RegExp(
    `\\b(?:fn|struct|enum|trait|mod|const|static|type|class|function\\*?|interface|def|let|macro_rules!)\\s+${name}\\b` +
      `|^\\s*(?:export |async |static |get |set |\\*|#)*${name}\\s*\\(` +
      `|^\\s*pub ${name}:`,
    "m",
  ).test(source);

test("a name that is only used in a file is not defined there", () => {
  assert.ok(defines("pub fn signature() {}", "signature"));
  assert.ok(defines("  async *followJob(jobId) {", "followJob"));
  assert.ok(!defines("// calls signature()", "signature"));
  assert.ok(!defines("let x = signature(1);", "signature"));
});

/**
 * What is wrong with a link, if anything.
 * @param {string} paper
 * @param {import("./support/markdown.mjs").Link} link
 */
function fault(paper, { text, target }) {
  if (/^(https:|mailto:)/.test(target)) return URL.canParse(target) ? undefined : "no URL";
  if (/^[a-z]+:/.test(target)) return "neither https nor a file of the project";
  const [path = "", anchor] = target.split("#");
  const file = path === "" ? paper : normalize(join(dirname(paper), decodeURI(path)));
  if (file.startsWith("..")) return "leads out of the project";
  if (!existsSync(join(ROOT, file))) return `${file} does not exist`;
  if (anchor !== undefined) {
    const headings = byName.get(file)?.headings ?? [];
    const wanted = decodeURIComponent(anchor);
    if (!headings.some(({ slug }) => slug === wanted)) return `${file} has no heading #${wanted}`;
  }
  const name = CODE.exec(text)?.[1];
  if (name && SOURCE.test(file) && statSync(join(ROOT, file)).isFile()) {
    if (!defines(readFileSync(join(ROOT, file), "utf8"), name) && !file.includes(`/${name}.`))
      return `${file} does not define ${name}`;
  }
  return undefined;
}

describe("links", () => {
  for (const { paper, links } of all) {
    if (links.length === 0) continue;
    test(`${paper} (${links.length})`, () => {
      const faults = links.flatMap((link) => {
        const wrong = fault(paper, link);
        return wrong ? [`${paper}:${link.line} ${link.target}: ${wrong}`] : [];
      });
      assert.deepEqual(faults, []);
    });
  }
});

test("each document is led to from README.md", () => {
  const reached = new Set(["README.md"]);
  const queue = ["README.md"];
  for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
    for (const { target } of byName.get(name)?.links ?? []) {
      if (/^[a-z]+:|^#/.test(target)) continue;
      const file = normalize(join(dirname(name), decodeURI(target.split("#")[0] ?? "")));
      if (byName.has(file) && !reached.has(file)) {
        reached.add(file);
        queue.push(file);
      }
    }
  }
  const documents = all.map(({ paper }) => paper).filter((name) => name.startsWith("docs/"));
  assert.deepEqual(
    documents.filter((name) => !reached.has(name)),
    [],
  );
});
