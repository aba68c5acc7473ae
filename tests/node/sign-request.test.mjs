// @ts-check
// signRequest: what it takes and gives, and that the emulator refuses what differs from it by one byte.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import http from "node:http";
import { test } from "node:test";
import { Credential, signRequest } from "huaweicloud-dcs";
import { wasmBytes } from "../hostile/memory.mjs";
import * as emulator from "./support/emulator.mjs";
import { refused } from "./support/expect.mjs";

const key = { ak: "AK", sk: emulator.SECRET };
const request = /** @type {const} */ ({
  method: "PUT",
  url: "https://dcs.cn-north-4.myhuaweicloud.com/v2/p/instances/i?a=1",
  date: "20240102T030405Z",
});

test("gives the headers to send, and the steps of the signature", () => {
  const headers = { "Content-Type": "application/json", "X-Project-Id": "p", not_signed: "x" };
  const signed = signRequest({ ...request, headers, credentials: key });
  assert.deepEqual(Object.keys(signed), ["headers", "canonicalRequest", "stringToSign"]);
  assert.deepEqual(Object.keys(signed.headers).sort(), [
    "Authorization",
    "Content-Type",
    "X-Project-Id",
    "X-Sdk-Date",
    "not_signed",
  ]);
  assert.equal(signed.headers["X-Sdk-Date"], request.date);
  assert.equal(
    signed.canonicalRequest,
    [
      "PUT",
      "/v2/p/instances/i/",
      "a=1",
      "content-type:application/json",
      "host:dcs.cn-north-4.myhuaweicloud.com",
      "x-project-id:p",
      `x-sdk-date:${request.date}`,
      "",
      "content-type;host;x-project-id;x-sdk-date",
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    ].join("\n"),
  );
  assert.match(signed.stringToSign, /^SDK-HMAC-SHA256\n20240102T030405Z\n[0-9a-f]{64}$/);
});

test("date: text, Date, an X-Sdk-Date header, or now", () => {
  const dateOf = (/** @type {any} */ more) =>
    signRequest({ ...request, date: undefined, ...more, credentials: key }).headers["X-Sdk-Date"];
  const date = new Date("2024-01-02T03:04:05.678Z");
  assert.equal(dateOf({ date }), "20240102T030405Z");
  assert.equal(dateOf({ date: "20240102T030405Z" }), "20240102T030405Z");
  assert.equal(dateOf({ headers: { "X-Sdk-Date": "20200101T000000Z" } }), "20200101T000000Z");
  const now = String(dateOf({}));
  const iso = now.replace(/(....)(..)(..)T(..)(..)(..)Z/, "$1-$2-$3T$4:$5:$6Z");
  assert.ok(Math.abs(Date.parse(iso) - Date.now()) < 5000, now);
});

test("body: text and every kind of bytes give the same signature", () => {
  const text = '{"name":"主备"}';
  const bytes = new TextEncoder().encode(text);
  const shifted = new Uint8Array([0, 0, ...bytes, 0]);
  const sign = (/** @type {any} */ body) =>
    signRequest({ ...request, body, credentials: key }).headers.Authorization;
  const expected = sign(text);
  for (const body of [
    bytes,
    bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength),
    Buffer.from(text),
    new DataView(shifted.buffer, 2, bytes.length),
    shifted.subarray(2, 2 + bytes.length),
  ]) {
    assert.equal(sign(body), expected, body.constructor.name);
  }
  assert.notEqual(sign(`${text} `), expected);
  assert.equal(sign(null), sign(undefined));
  assert.equal(sign(""), sign(undefined));
});

test("body: it crosses in pieces, and hashes as the whole", () => {
  const last = (/** @type {any} */ body) =>
    signRequest({ ...request, body, credentials: key })
      .canonicalRequest.split("\n")
      .at(-1);
  for (const size of [1, 4093, 4094, 4095, 4096, 4097, 8192, 100_000]) {
    // Characters of one to four bytes, a lone half of one, and pairs that stand where a piece may end.
    for (const unit of ["a", "é", "主", "😀", "\ud83d", "a😀"]) {
      const text = unit.repeat(size);
      const expected = createHash("sha256").update(Buffer.from(text)).digest("hex");
      assert.equal(last(text), expected, `${size} times ${unit}`);
      assert.equal(last(Buffer.from(text)), expected, `${size} times ${unit}, as bytes`);
    }
  }
});

test("body: a large one takes no memory of the module, and none is kept", () => {
  const sign = (/** @type {any} */ body) => signRequest({ ...request, body, credentials: key });
  sign("warm");
  const before = wasmBytes();
  sign("x".repeat(1 << 25));
  sign(new Uint8Array(1 << 25));
  assert.equal(wasmBytes(), before);
  assert.equal(sign("").canonicalRequest, sign(undefined).canonicalRequest);
});

test("a Content-Type that is neither JSON nor BSON is sent as UNSIGNED-PAYLOAD", () => {
  const hash = (/** @type {string} */ type, /** @type {any} */ body = "a=b") => {
    const headers = { "Content-Type": type };
    const signed = signRequest({ ...request, headers, body, credentials: key });
    return [signed.headers["X-Sdk-Content-Sha256"], signed.canonicalRequest.split("\n").at(-1)];
  };
  const unsigned = "UNSIGNED-PAYLOAD";
  assert.deepEqual(hash("application/x-www-form-urlencoded"), [unsigned, unsigned]);
  const [header, last] = hash("application/json");
  assert.equal(header, undefined);
  assert.match(String(last), /^[0-9a-f]{64}$/);
});

test("a Credential signs as its key does, and no more once it is freed", async () => {
  const credential = new Credential(key);
  const expected = signRequest({ ...request, credentials: key });
  assert.deepEqual(signRequest({ ...request, credentials: credential }), expected);
  assert.equal(credential.ak, "AK");
  credential.free();
  await refused(
    () => signRequest({ ...request, credentials: credential }),
    "InvalidArgumentError",
    {
      field: "credentials",
      message: /freed/,
    },
  );
  credential.free();
});

test("a Credential is disposed of where a block ends", { skip: !Symbol.dispose }, async () => {
  const credential = new Credential(key);
  credential[Symbol.dispose]();
  await refused(() => signRequest({ ...request, credentials: credential }), "InvalidArgumentError");
});

test("a temporary key: its token is signed and sent", () => {
  const credentials = { ...key, securityToken: "token-of-the-agency" };
  const signed = signRequest({ ...request, credentials });
  assert.equal(signed.headers["X-Security-Token"], "token-of-the-agency");
  assert.match(signed.canonicalRequest, /\nx-security-token:token-of-the-agency\n/);
});

for (const [change, field] of /** @type {[any, string][]} */ ([
  [{ method: undefined }, "method"],
  [{ method: "" }, "method"],
  [{ method: "GET\r\nX: y" }, "method"],
  [{ url: undefined }, "url"],
  [{ url: "/v2/x" }, "url"],
  [{ url: "ftp://example.com/" }, "url"],
  [{ url: "https://" }, "url"],
  [{ url: "https://u:p@example.com/" }, "url"],
  [{ headers: { "X-A": 7 } }, "headers.X-A"],
  [{ headers: { "X-A": "a\r\nb" } }, "headers.X-A"],
  [{ headers: { "X-A": "a\0b" } }, "headers"],
  [{ headers: { "X A": "a" } }, "headers.X A"],
  [{ headers: { ["__proto__"]: "a" } }, "headers.__proto__"],
  [{ body: 7 }, "body"],
  [{ body: {} }, "body"],
  [{ date: "2024-01-02" }, "date"],
  [{ date: new Date(NaN) }, "date"],
  [{ date: 7 }, "date"],
  [{ algorithm: "HMAC" }, "algorithm"],
  [{ algorithm: 7 }, "algorithm"],
  [{ algorithm: "V11-HMAC-SHA256" }, "region"],
  [{ algorithm: "V11-HMAC-SHA256", region: "r" }, "service"],
  [{ credentials: undefined }, "credentials"],
  [{ credentials: { token: "t" } }, "credentials"],
  [{ credentials: { ak: "a" } }, "credentials.sk"],
  [{ methd: "PUT" }, "methd"],
  [{ projectId: "p" }, "projectId"],
])) {
  test(`refused: ${Object.keys(change)} = ${JSON.stringify(Object.values(change)[0])}`, async () => {
    const options = { ...request, credentials: key, ...change };
    const error = await refused(() => signRequest(options), "InvalidArgumentError", {
      code: "INVALID_ARGUMENT",
      retryable: false,
    });
    assert.ok(error.field === field || error.field.startsWith(field), `${error.field}: ${error}`);
  });
}

test("options that cannot be read are refused", async () => {
  const throwing = {
    get method() {
      throw new Error("a getter");
    },
  };
  for (const options of [undefined, null, 7, "x", throwing]) {
    await refused(() => signRequest(/** @type {any} */ (options)), "InvalidArgumentError", {
      field: "options",
    });
  }
});

/**
 * Sends exactly these bytes; fetch would tidy them.
 * @param {{ method: string, path: string, headers: Record<string, string>, body: string }} sent
 * @returns {Promise<number | undefined>}
 */
function send({ method, path, headers, body }) {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(emulator.url);
    // Said here, since a GET gets no length by itself.
    const all = { ...headers, "Content-Length": Buffer.byteLength(body) };
    const message = http.request({ method, path, headers: all, hostname, port, agent: false });
    message.on("error", reject).on("response", (response) => {
      response.resume().on("end", () => resolve(response.statusCode));
    });
    message.end(body);
  });
}

/** A signed request with everything in it, with a key of its own: five failures lock one. */
async function signed({ date = new Date(), algorithm = /** @type {any} */ (undefined) } = {}) {
  const credentials = await emulator.newKey();
  const path = `/v2/${emulator.projectId}/instances?name=a%20b&limit=10`;
  const body = JSON.stringify({ some: "body" });
  const headers = { "Content-Type": "application/json", "X-Project-Id": emulator.projectId };
  const url = emulator.url + path;
  const scope = { region: emulator.region, service: "dcs" };
  const options = { method: "GET", url, headers, body, date, algorithm, credentials };
  const made = signRequest({ ...options, ...(algorithm?.startsWith("V11") && scope) });
  return { method: "GET", path, headers: made.headers, body };
}

for (const algorithm of ["SDK-HMAC-SHA256", "SDK-HMAC-SM3", "V11-HMAC-SHA256"]) {
  test(`the emulator takes what ${algorithm} signed, and nothing that differs by one byte`, async () => {
    assert.equal(await send(await signed({ algorithm })), 200, "unchanged");
    /** @type {Record<string, (sent: any) => void>} */
    const changes = {
      "the path": (sent) => (sent.path = sent.path.replace("/v2/", "/v3/")),
      "the case of the path": (sent) => (sent.path = sent.path.replace("instances", "Instances")),
      "the query's value": (sent) => (sent.path = sent.path.replace("=10", "=11")),
      "the query's name": (sent) => (sent.path = sent.path.replace("name", "nane")),
      "the query's length": (sent) => (sent.path += "1"),
      "a header's value": (sent) =>
        (sent.headers["X-Project-Id"] = `1${emulator.projectId.slice(1)}`),
      "the content type": (sent) => (sent.headers["Content-Type"] = "application/jsom"),
      "the date": (sent) =>
        (sent.headers["X-Sdk-Date"] = sent.headers["X-Sdk-Date"].replace(
          /\dZ$/,
          (/** @type {string} */ end) => (end === "0Z" ? "1Z" : "0Z"),
        )),
      "the body": (sent) => (sent.body = sent.body.replace("some", "same")),
      "the body's length": (sent) => (sent.body += " "),
      "the method": (sent) => (sent.method = "POST"),
      "the signature": (sent) =>
        (sent.headers.Authorization = sent.headers.Authorization.replace(
          /.$/,
          (/** @type {string} */ end) => (end === "0" ? "1" : "0"),
        )),
      "the list of signed headers": (sent) =>
        (sent.headers.Authorization = sent.headers.Authorization.replace("content-type;", "")),
    };
    for (const [name, change] of Object.entries(changes)) {
      const sent = await signed({ algorithm });
      change(sent);
      const status = await send(sent);
      // Another path or method may also be none: it is refused all the same.
      const expected = /path|method/.test(name) ? [401, 404, 405] : [401];
      assert.ok(expected.includes(Number(status)), `${name}: ${status}`);
    }
  });
}

test("the emulator refuses a date 16 minutes off, and takes one of 14", async () => {
  const minutes = (/** @type {number} */ n) => ({ date: new Date(Date.now() + n * 60_000) });
  for (const [offset, status] of /** @type {const} */ ([
    [-16, 401],
    [16, 401],
    [-14, 200],
    [14, 200],
  ])) {
    assert.equal(await send(await signed(minutes(offset))), status, `${offset} minutes`);
  }
});
