// @ts-check
// The reader of papers reads what it should, and refuses what it should.

import assert from "node:assert/strict";
import { test } from "node:test";
import { read, slugOf } from "./support/markdown.mjs";
import { assertPrinted, assertSame, printed, whole } from "./support/run.mjs";

const lines = (/** @type {string[]} */ ...text) => text.join("\n") + "\n";

test("anchors are those of the sites that show the papers", () => {
  for (const [heading, slug] of [
    ["A page, with a bundler", "a-page-with-a-bundler"],
    ["switchover()", "switchover"],
    ["`outcome` and [links](x.md)", "outcome-and-links"],
    ["负责签名的后端", "负责签名的后端"],
    ["Trusted Types, Subresource Integrity", "trusted-types-subresource-integrity"],
  ]) {
    assert.equal(slugOf(heading ?? ""), slug);
  }
  const twice = read("x.md", lines("# A", "", "# A"));
  assert.deepEqual(
    twice.headings.map(({ slug }) => slug),
    ["a", "a-1"],
  );
});

test("blocks carry the note before them, and only that", () => {
  const text = lines(
    '<!-- sample: {"swaps": 2} -->',
    "```js",
    "one();",
    "```",
    "",
    "```js",
    "two();",
    "```",
  );
  const { blocks } = read("x.md", text);
  assert.deepEqual(
    blocks.map(({ note, code, line }) => ({ note, code, line })),
    [
      { note: { swaps: 2 }, code: "one();\n", line: 3 },
      { note: {}, code: "two();\n", line: 7 },
    ],
  );
});

test("a note without a block, with an unknown word, or of no JSON is refused", () => {
  assert.throws(() => read("x.md", lines('<!-- sample: {"skip": "x"} -->', "text")), /no block/);
  assert.throws(() => read("x.md", lines('<!-- sample: {"swap": 1} -->')), /knows no "swap"/);
  assert.throws(() => read("x.md", lines("<!-- sample: {swaps} -->")), SyntaxError);
  assert.throws(() => read("x.md", lines("```js", "never();")), /does not end/);
});

test("links in code are no links; links around code are", () => {
  const { links } = read("x.md", "`a[0](b)` and [`sign`](src/sign.rs) and ![a b](c.svg)\n");
  assert.deepEqual(
    links.map(({ text, target }) => [text, target]),
    [
      ["`sign`", "src/sign.rs"],
      ["a b", "c.svg"],
    ],
  );
});

test("a block goes on where the one it continues ended", () => {
  const text = lines(
    "```js",
    "a();",
    "```",
    "```text",
    "shown",
    "```",
    '<!-- sample: {"continues": true} -->',
    "```js",
    "b();",
    "```",
  );
  const { blocks } = read("x.md", text);
  assert.equal(whole(blocks, 2), "a();\nb();\n");
  assert.equal(printed(blocks, 0), "shown\n");
  assert.equal(printed(blocks, 2), undefined);
});

test("what is printed is compared to the letter, but for …", () => {
  assertPrinted("job 7f\ndone (1.5 s)\n", "job …\ndone (1.5 s)\n");
  assertPrinted("a\nb\nc\nend\n", "…\nend\n");
  assert.throws(() => assertPrinted("job 7f\n", "job\n"));
  assert.throws(() => assertPrinted("axb\n", "a.b\n"));
  assert.throws(() => assertPrinted("more\nend\n", "end\n"));
});

test("a block that is not in its file is found out", () => {
  const { blocks } = read("x.md", lines("```toml", "[workspace]", 'members = ["no-such"]', "```"));
  const block = blocks[0];
  assert.ok(block);
  assert.throws(() => assertSame(block, "Cargo.toml"), /does not hold this block/);
});
