// @ts-check
import { test } from "node:test";
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { source } from "../support/source.mjs";

/** @type {Record<string, string>} */
const en = (await source("i18n/en.ts")).en;
/** @type {Record<string, string>} */
const zh = (await source("i18n/zh.ts")).zh;

/** @param {string | undefined} text */
const places = (text) => [...(text ?? "").matchAll(/\{\w+\}/g)].map(String).sort();

test("both languages have the same keys, in the same order", () => {
  assert.deepEqual(Object.keys(zh), Object.keys(en));
});

test("both languages fill in the same places", () => {
  for (const key of Object.keys(en)) assert.deepEqual(places(zh[key]), places(en[key]), key);
});

test("no text is empty, and none was left untranslated", () => {
  const names = /^(IAM )?Token$|^Authorization$/;
  for (const [key, text] of Object.entries(zh)) {
    assert.ok(en[key]?.trim() && text.trim(), key);
    if (!names.test(text)) assert.match(text, /\p{Script=Han}/u, key);
    assert.doesNotMatch(en[key] ?? "", /\p{Script=Han}/u, key);
  }
});

test("every region has a place to search by, and every place a region", async () => {
  const { PLACES } = await source("i18n/places.ts");
  const tsv = await readFile(new URL("../../../facts/regions.tsv", import.meta.url), "utf8");
  const ids = tsv
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.split("\t")[0]);
  assert.equal(ids.length, 34);
  assert.deepEqual(Object.keys(PLACES).sort(), ids.sort());
});

test("every kind of published error has a remedy", async () => {
  const url = new URL("../../../facts/dcs_error_codes.tsv", import.meta.url);
  const rows = (await readFile(url, "utf8")).trim().split("\n").slice(1);
  for (const kind of new Set(rows.map((row) => row.split("\t")[3]))) {
    assert.ok(en[`remedy.${kind}`], kind);
  }
});
