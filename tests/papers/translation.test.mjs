// @ts-check
// README.zh-CN.md says the same as README.md, as far as a machine can tell: headings, blocks, links, tables.

import assert from "node:assert/strict";
import { test } from "node:test";
import { papers } from "./support/world.mjs";

const all = papers();
const one = (/** @type {string} */ name) => {
  const paper = all.find(({ paper }) => paper === name);
  if (!paper) throw new Error(`${name} is not there`);
  return paper;
};
const english = one("README.md");
const chinese = one("README.zh-CN.md");

test("the same headings, level by level", () => {
  const levels = (/** @type {typeof english} */ { headings }) => headings.map(({ level }) => level);
  assert.deepEqual(levels(chinese), levels(english));
});

test("the headings are translated", () => {
  const same = english.headings.filter(
    ({ text, level }, at) => level > 1 && chinese.headings[at]?.text === text,
  );
  // A name stays as it is in any language.
  const words = same.filter(({ text }) => /^[A-Z]?[a-z]+( [a-z]+)*$/.test(text));
  assert.deepEqual(words, []);
});

/** A comment to the end of its line. */
const COMMENT = /(^|\s)(\/\/|#) .*$/gm;

test("the same code blocks, to the letter, but for their comments, which are translated", () => {
  const blocks = (/** @type {typeof english} */ { blocks }) =>
    blocks.map(({ language, code }) => ({ language, code: code.replace(COMMENT, "$1$2") }));
  assert.deepEqual(blocks(chinese), blocks(english));
  const comments = chinese.blocks.flatMap(({ code }) => code.match(COMMENT) ?? []);
  assert.deepEqual(
    comments.filter((comment) => !/\p{Script=Han}/u.test(comment)),
    [],
  );
});

test("the same links, in the same order", () => {
  /** @param {typeof english} paper */
  const targets = ({ links, headings }) =>
    links.map(({ target }) => {
      if (target.startsWith("README")) return "the other language";
      if (!target.startsWith("#")) return target;
      const slug = decodeURIComponent(target.slice(1));
      return `heading ${headings.findIndex((heading) => heading.slug === slug)}`;
    });
  assert.deepEqual(targets(chinese), targets(english));
});

test("the same tables, by rows and columns", () => {
  assert.deepEqual(chinese.tableRows, english.tableRows);
});

test("the same figures", () => {
  const sorted = (/** @type {typeof english} */ { figures }) => [...figures].sort();
  assert.deepEqual(sorted(chinese), sorted(english));
});
