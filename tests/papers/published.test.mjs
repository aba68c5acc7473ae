// @ts-check
// Until the package is published, nothing that can be pasted may fetch one of its name: whoever registers the name would get
// the keys in the reader's environment.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ROOT, files } from "./support/files.mjs";

/** Whether npm has the package, so that its name is safe to say. */
const PUBLISHED = false;

/** What fetches it: by npm and its like, or from where they are copied to. */
const FETCHES = new RegExp(
  [
    String.raw`\b(npx|bunx|pnpx|npm exec|pnpm dlx|yarn dlx)( -\S+)* huaweicloud-dcs\b`,
    String.raw`\b(npm|pnpm|yarn|bun) (i|install|add)( -\S+)* huaweicloud-dcs\b`,
    String.raw`\bdeno add( -\S+)* npm:huaweicloud-dcs\b`,
    String.raw`\bnpm:huaweicloud-dcs\b`,
    String.raw`\b(unpkg\.com|jsdelivr\.net/npm|esm\.sh)/huaweicloud-dcs\b`,
  ].join("|"),
  "g",
);

/** What is read once it is published, and says so: npm's page of the package, the notes of its release, CDNs with hashes. */
const LATER = ["pkg-template/README.md", "CHANGELOG.md", "docs/cdn.md"];

/** @param {string} text */
const foundIn = (text) => text.match(FETCHES) ?? [];

test("what fetches a package of this name is found", () => {
  for (const line of [
    "npx huaweicloud-dcs console",
    "npx --yes huaweicloud-dcs",
    "npm install huaweicloud-dcs",
    "npm i -D huaweicloud-dcs",
    "pnpm add huaweicloud-dcs",
    'import { x } from "npm:huaweicloud-dcs";',
    '<script src="https://unpkg.com/huaweicloud-dcs@0.1.0/browser.mjs">',
    'import "https://cdn.jsdelivr.net/npm/huaweicloud-dcs/browser.mjs"',
  ])
    assert.equal(foundIn(line).length, 1, line);
  for (const line of [
    "npx ./pkg console",
    "npm install ./pkg",
    "npm install ./huaweicloud-dcs-0.1.0.tgz",
    'import { DcsClient } from "huaweicloud-dcs";',
    "npm install huaweicloud-dcsx",
  ])
    assert.equal(foundIn(line).length, 0, line);
});

test("nothing that can be pasted fetches one", { skip: PUBLISHED && "it is published" }, () => {
  const shown = files(["*.md", "*.ts", "*.tsx", "*.mjs", "*.js", "*.yml", "*.rs", "*.html"]);
  assert.ok(shown.length > 300, `${shown.length} files`);
  const found = shown
    .filter((name) => !LATER.includes(name) && !name.startsWith("tests/"))
    .flatMap((name) =>
      foundIn(readFileSync(join(ROOT, name), "utf8")).map((it) => `${name}: ${it}`),
    );
  assert.deepEqual(found, []);
});
