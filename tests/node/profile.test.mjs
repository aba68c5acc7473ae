// @ts-check
// The profile file: the official form, and random texts against a naive reader.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { parse } from "../../pkg-template/lib/providers.mjs";

const NAMES = {
  ak: "ak",
  sk: "sk",
  security_token: "securityToken",
  project_id: "projectId",
  iam_endpoint: "iamEndpoint",
};

/** What `[basic]` holds, read letter by letter; undefined where the file is refused. @param {string} text */
function naive(text) {
  /** @type {Record<string, string>} */
  const values = {};
  let section;
  let seen = false;
  while (text[0] === "\ufeff") text = text.slice(1);
  for (const whole of text.split("\n")) {
    const line = whole.trim();
    if (line === "" || line[0] === "#" || line[0] === ";") continue;
    if (line[0] === "[") {
      const end = [...line].indexOf("]");
      if (end < 0) return undefined;
      section = [...line].slice(1, end).join("");
      seen ||= section === "basic";
      continue;
    }
    if (section !== "basic") continue;
    const at = Math.min(...["=", ":"].map((mark) => line.indexOf(mark) >>> 0));
    if (at >= line.length) return undefined;
    const [, name] =
      Object.entries(NAMES).find(([key]) => key === line.slice(0, at).trim().toLowerCase()) ?? [];
    if (!name) continue;
    if (Object.hasOwn(values, name)) return undefined;
    values[name] = line.slice(at + 1).trim();
  }
  return seen ? values : undefined;
}

const REFUSALS = [
  /^profile file, line \d+: a section without \]$/,
  /^profile file, line \d+: neither \[section\] nor key = value$/,
  /^profile file, line \d+: a key stands twice$/,
  /^profile file: no section \[basic\]$/,
];

/** @param {string} text */
function check(text) {
  const expected = naive(text);
  let read;
  try {
    read = parse(text);
  } catch (error) {
    const message = /** @type {Error} */ (error).message;
    assert.equal(expected, undefined, `${JSON.stringify(text)}: ${message}`);
    assert.ok(
      REFUSALS.some((shape) => shape.test(message)),
      message,
    );
    return;
  }
  assert.deepEqual(read, expected, JSON.stringify(text));
}

test("the official form", () => {
  const text =
    "\ufeff# mine\r\n[global]\r\nak=no\r\n[basic]\r\nAK : A=1\r\nsk= s:k==\r\n; x\r\nproject_id =p\r\nregion=r\r\n";
  assert.deepEqual(parse(text), { ak: "A=1", sk: "s:k==", projectId: "p" });
});

test("a refusal names the line, not its text", () => {
  for (const [text, part] of [
    ["", "no section [basic]"],
    ["[global]\nak=1", "no section [basic]"],
    ["[basic]\nMARKER", "line 2"],
    ["[basic\nx", "line 1"],
    ["[basic]\nsk=MARKER\nsk=MARKER", "line 3"],
  ]) {
    assert.throws(
      () => parse(String(text)),
      ({ message }) => message.includes(part) && !message.includes("MARKER"),
      text,
    );
  }
});

test("files that were of interest once", () => {
  const folder = new URL("profiles/", import.meta.url);
  for (const name of readdirSync(folder)) check(readFileSync(new URL(name, folder), "utf8"));
});

test("20,000 random files", () => {
  const parts = [..."[]=: \n\r\t;#\ufeffaé😀", "[basic]\n", "ak", "SK", "security_token"];
  parts.push("project_id", "iam_endpoint", "__proto__", "constructor", "=x\n", ": y\n", "basic");
  let seed = 1;
  const below = (/** @type {number} */ most) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor((seed / 2 ** 32) * most);
  };
  for (let round = 0; round < 20_000; round++) {
    let text = below(2) ? "[basic]\n" : "";
    for (let length = below(24); length > 0; length--) text += parts[below(parts.length)];
    check(text);
  }
});
