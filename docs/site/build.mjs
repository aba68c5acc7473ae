// @ts-check
// Writes the site: `node build.mjs OUT [REPOSITORY]`. The papers and their search; what else is in the folder stays.
// REPOSITORY is where links to sources lead; without it they are text.

import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { GROUPS, LEFT_OUT, addressOf, languageOf, originalOf, translationOf } from "./contents.mjs";
import { page } from "./page.mjs";
import { render } from "./paper.mjs";
import { MiniSearch, OPTIONS } from "./words.mjs";

const HERE = fileURLToPath(new URL("./", import.meta.url));
const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const [, , OUT = "", repository] = process.argv;
if (OUT === "") throw new Error("the folder to write to is missing");

/** @param {string} name @param {string} text */
function write(name, text) {
  mkdirSync(dirname(join(OUT, name)), { recursive: true });
  writeFileSync(join(OUT, name), text);
}

const tracked = execFileSync(
  "git",
  ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "*.md"],
  {
    cwd: ROOT,
    encoding: "utf8",
  },
);
const there = tracked.split("\0").filter((name) => name !== "" && !LEFT_OUT.includes(name));
const listed = new Set(GROUPS.flatMap(({ papers }) => papers));
const lost = there.filter((paper) => !listed.has(originalOf(paper)));
if (lost.length > 0) throw new Error(`docs/site/contents.mjs does not name ${lost.join(", ")}`);

const papers = new Set([...listed].flatMap((paper) => [paper, translationOf(paper)]));
for (const paper of papers) if (!there.includes(paper)) papers.delete(paper);

const all = new Map(
  [...papers].map((paper) => {
    const markdown = readFileSync(join(ROOT, paper), "utf8");
    return [paper, render(paper, markdown, { papers, repository })];
  }),
);
const index = new MiniSearch(OPTIONS);
for (const [paper, rendered] of all) {
  write(addressOf(paper), page(paper, rendered, all));
  for (const image of rendered.images) {
    mkdirSync(dirname(join(OUT, image)), { recursive: true });
    copyFileSync(join(ROOT, image), join(OUT, image));
  }
  index.addAll(
    rendered.sections.map(({ id, heading, text }) => ({
      id: `${paper}#${id}`,
      address: `${addressOf(paper)}#${id}`,
      language: languageOf(paper),
      title: rendered.title,
      heading,
      text,
    })),
  );
}
write("search-index.js", `searchIndex=${JSON.stringify(JSON.stringify(index))};\n`);
copyFileSync(join(ROOT, "www/public/icon.svg"), join(OUT, "icon.svg"));
await build({
  entryPoints: { search: join(HERE, "search.js"), site: join(HERE, "site.css") },
  outdir: OUT,
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2022",
  logLevel: "warning",
});
console.log(`${all.size} papers, ${index.documentCount} sections`);
