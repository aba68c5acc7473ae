// @ts-check
// The synchronous half: signRequest, Credential, regions, init, signedFetch.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import * as dcs from "huaweicloud-dcs";
import * as support from "./support.mjs";
import { hurting, withAccessors } from "./values.mjs";

const { key, tryAll } = support;
const request = { method: "GET", url: "https://h/a?b=c", credentials: key };
const absent = ["undefined", "null"];
const texts = Object.keys(hurting).filter((name) => typeof hurting[name]?.() === "string");
const empty = "an empty string";
/** Lists of pairs, as a Headers is one: they would be left out unseen. */
const iterable = ["a detached view", "a Map", "a generator"];
/** Objects without properties of their own. */
const blank = [
  "an empty object",
  "an object without a prototype",
  "an object whose conversion throws",
  "a polluted prototype",
  "a detached buffer",
  "a detached view",
  "a detached DataView",
  "a shared buffer",
  "a Date that is none",
  "a Map",
  "a WeakMap",
  "a regular expression",
  "an Error",
  "a promise that never ends",
  "a promise that rejects",
  "a thenable whose then is a getter that throws",
  "a generator",
  "a wasm memory",
  "an aborted signal",
];

after(() => console.log(`${support.tried} values tried`));

test("signRequest: the options", () => tryAll("options", (value) => dcs.signRequest(value)));

for (const [field, allowed] of Object.entries({
  // Long, but a token.
  method: ["a huge string"],
  // Replaced as fetch replaces it.
  url: ["a lone surrogate within"],
  headers: [...absent, ...blank.filter((name) => !iterable.includes(name))],
  body: [...absent, ...texts, "a view of a shared buffer"],
  date: [...absent, empty],
  algorithm: [...absent, empty],
  // Looked at by V11 only.
  region: [...absent, ...texts.filter((name) => name !== "a NUL")],
  service: [...absent, ...texts.filter((name) => name !== "a NUL")],
  credentials: [],
})) {
  test(`signRequest: ${field}`, () =>
    tryAll(field, (value) => dcs.signRequest({ ...request, [field]: value }), { allowed }));
}

test("signRequest: a header's value", () =>
  tryAll(
    "headers.X-Test",
    (value) => dcs.signRequest({ ...request, headers: { "X-Test": value } }),
    { allowed: texts.filter((name) => !["a NUL", "a line break"].includes(name)) },
  ));

test("signRequest: a header's name", () => {
  for (const name of texts) {
    const headers = { [/** @type {string} */ (hurting[name]?.())]: "x" };
    if (name === "a huge string") dcs.signRequest({ ...request, headers });
    else assert.throws(() => dcs.signRequest({ ...request, headers }), dcs.DcsError, name);
    support.stillSigns();
  }
});

for (const [field, allowed] of Object.entries({
  ak: [],
  sk: [],
  securityToken: [...absent, empty],
  expiresAt: [...absent, "a negative zero", "a fraction"],
  projectId: [...absent, ...texts.filter((name) => ![empty, "a NUL"].includes(name))],
})) {
  test(`Credential: ${field}`, () =>
    tryAll(field, (value) => new dcs.Credential({ ...key, [field]: value }).free(), { allowed }));
}

test("Credential: the access key", () =>
  tryAll("accessKey", (value) => new dcs.Credential(value).free()));

test("Credential: freed", () => {
  const credential = new dcs.Credential(key);
  credential.free();
  credential.free();
  for (const use of [
    () => dcs.signRequest({ ...request, credentials: credential }),
    () => new dcs.DcsClient({ ...support.client, credentials: credential }),
  ]) {
    assert.throws(use, dcs.InvalidArgumentError);
    support.stillSigns();
  }
});

test("init, once loaded, takes anything and changes nothing", async () => {
  for (const make of Object.values(hurting)) {
    await dcs.init(/** @type {any} */ (make()));
    support.stillSigns();
  }
});

test("regions: what is done to the answer is not seen by the next caller", () => {
  const first = /** @type {any} */ (dcs.regions());
  first[0].dcsEndpoint = "https://evil.example";
  first.length = 1;
  assert.ok(dcs.regions().length > 10);
  assert.match(String(dcs.regions()[0]?.dcsEndpoint), /myhuaweicloud\.com$/);
});

test("signedFetch: credentials", () =>
  tryAll("credentials", (value) =>
    dcs.signedFetch(value, { fetch: support.goodService })("https://h/"),
  ));

test("signedFetch: what a provider gives", () =>
  tryAll(
    "provider",
    (value) => dcs.signedFetch(() => value, { fetch: support.goodService })("https://h/"),
    // As the provider itself: signedFetch waits for it.
    { pending: ["a promise that never ends"] },
  ));

test("signedFetch: the options", () =>
  tryAll(
    "options",
    async (value) => {
      const send = dcs.signedFetch(key, value);
      await assert.rejects(send("http://127.0.0.1:9/"), TypeError);
    },
    {
      allowed: [
        ...absent,
        ...blank.filter((name) => !withAccessors.includes(name)),
        "an empty list",
      ],
    },
  ));

for (const [field, allowed] of Object.entries({
  algorithm: [...absent, empty],
  region: [...absent, ...texts.filter((name) => name !== "a NUL")],
  service: [...absent, ...texts.filter((name) => name !== "a NUL")],
  projectId: ["undefined"],
  clockOffsetMs: ["undefined", "a negative zero"],
  allowInsecure: ["undefined", "true", "false"],
})) {
  test(`signedFetch: ${field}`, () =>
    tryAll(
      field,
      (value) => dcs.signedFetch(key, { fetch: support.goodService, [field]: value })("https://h/"),
      { allowed },
    ));
}

test("signedFetch: the URL, which the platform's own Request reads", async () => {
  const send = dcs.signedFetch(key, { fetch: support.goodService });
  for (const [name, make] of Object.entries(hurting)) {
    const value = /** @type {any} */ (make());
    // Replaced as fetch replaces it.
    if (name === "a lone surrogate within") await send(value);
    else await assert.rejects(send(value), isNoTrap, name);
    support.stillSigns();
  }
});

test("signedFetch: fetch, whose own error comes back", async () => {
  for (const [name, make] of Object.entries(hurting)) {
    const fetch = /** @type {any} */ (make());
    const send = async () => dcs.signedFetch(key, { fetch })("http://127.0.0.1:9/");
    if (name === "a function") await send();
    else await assert.rejects(send, isNoTrap, name);
    support.stillSigns();
  }
});

/** @param {unknown} error */
const isNoTrap = (error) => !(error instanceof WebAssembly.RuntimeError);
