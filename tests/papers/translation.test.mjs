// @ts-check
// A paper in Chinese says the same as the one in English, as far as a machine can tell: headings, blocks, links, tables.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { papers } from "./support/world.mjs";

const all = papers();
/** @typedef {(typeof all)[number]} Paper */

/** @param {string} name @returns {Paper} */
const one = (name) => {
  const paper = all.find(({ paper }) => paper === name);
  if (!paper) throw new Error(`${name} is not there`);
  return paper;
};

/** What a paper in another language is named by. */
const CHINESE = ".zh-CN.md";
const translated = all.filter(({ paper }) => paper.endsWith(CHINESE));

/** A comment to the end of its line. */
const COMMENT = /(^|\s)(\/\/|#) .*$/gm;

/** Where links lead, whichever language is at the other end. @param {Paper} paper */
const targets = ({ links, headings }) =>
  links.map(({ target }) => {
    const [path = "", anchor] = target.replace(CHINESE, ".md").split("#");
    if (anchor === undefined || path !== "") return path;
    const slug = decodeURIComponent(anchor);
    return `heading ${headings.findIndex((heading) => heading.slug === slug)}`;
  });

test("README and what an operator needs are there in Chinese", () => {
  const names = translated.map(({ paper }) => paper);
  const wanted = ["README", "docs/switchover", "docs/choosing-credentials", "docs/troubleshooting"];
  for (const name of wanted) assert.ok(names.includes(name + CHINESE), name);
});

for (const chinese of translated) {
  const english = one(chinese.paper.replace(CHINESE, ".md"));
  describe(chinese.paper, () => {
    test("the same headings, level by level", () => {
      const levels = (/** @type {Paper} */ { headings }) => headings.map(({ level }) => level);
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

    test("the same code blocks, to the letter, but for their comments, which are translated", () => {
      const blocks = (/** @type {Paper} */ { blocks }) =>
        blocks.map(({ language, code }) => ({ language, code: code.replace(COMMENT, "$1$2") }));
      assert.deepEqual(blocks(chinese), blocks(english));
      const comments = chinese.blocks.flatMap(({ code }) => code.match(COMMENT) ?? []);
      assert.deepEqual(
        comments.filter((comment) => !/\p{Script=Han}/u.test(comment)),
        [],
      );
    });

    test("the same links, in the same order", () => {
      assert.deepEqual(targets(chinese), targets(english));
    });

    test("the same tables, by rows and columns", () => {
      assert.deepEqual(chinese.tableRows, english.tableRows);
    });

    test("the same figures", () => {
      const sorted = (/** @type {Paper} */ { figures }) => [...figures].sort();
      assert.deepEqual(sorted(chinese), sorted(english));
    });
  });
}
