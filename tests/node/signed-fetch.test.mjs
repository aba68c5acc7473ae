// @ts-check
// signedFetch: a fetch that signs, with every kind of input and body. A server of the test's own checks what arrived:
// each signature is made again by node:crypto from the raw request.

import assert from "node:assert/strict";
import { createHash, createHmac } from "node:crypto";
import http from "node:http";
import { after, afterEach, describe, test } from "node:test";
import { Credential, signedFetch } from "huaweicloud-dcs";
import * as signer from "huaweicloud-dcs/signer";
import * as emulator from "./support/emulator.mjs";
import { failure, refused } from "./support/expect.mjs";

const key = { ak: "AK", sk: emulator.SECRET };
const text = '{"name":"主备"}';
const bytes = new TextEncoder().encode(text);

/** @type {{ method: string, url: string, headers: http.IncomingHttpHeaders, body: Buffer }[]} */
const arrived = [];
const server = http.createServer(async (request, response) => {
  const parts = [];
  for await (const part of request) parts.push(part);
  const { method = "", url = "", headers } = request;
  arrived.push({ method, url, headers, body: Buffer.concat(parts) });
  if (url.startsWith("/redirect")) response.writeHead(302, { location: "/elsewhere" });
  response.end("answer");
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(null)));
const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
const origin = `http://127.0.0.1:${port}`;
after(() => server.close());
afterEach(() => void (arrived.length = 0));

const hash = (/** @type {string | Buffer} */ data) =>
  createHash("sha256").update(data).digest("hex");

/** Makes the signature of an arrived request again, the plain way, and compares. @param {any} request */
function verify({ method, url, headers, body }) {
  const found = /^SDK-HMAC-SHA256 Access=AK, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/;
  const match = found.exec(headers.authorization);
  assert.ok(match, headers.authorization);
  const [, names = "", signature] = match;
  const { pathname, searchParams } = new URL(origin + url);
  const encode = (/** @type {string} */ part) =>
    encodeURIComponent(part).replace(
      /[!'()*]/g,
      (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
    );
  // The whole path is decoded before it is split: %2F separates, as in the official cores.
  const path = decodeURIComponent(pathname).split("/").map(encode).join("/");
  const query = [...searchParams]
    .sort(([a, b], [c, d]) => (a === c ? (String(b) < String(d) ? -1 : 1) : a < c ? -1 : 1))
    .map((pair) => pair.map(encode).join("="));
  const unsigned = headers["x-sdk-content-sha256"] === "UNSIGNED-PAYLOAD";
  const canonical = [
    method,
    path.endsWith("/") ? path : `${path}/`,
    query.join("&"),
    ...names.split(";").map((name) => `${name}:${headers[name].trim()}`),
    "",
    names,
    unsigned ? "UNSIGNED-PAYLOAD" : hash(body),
  ].join("\n");
  const toSign = ["SDK-HMAC-SHA256", headers["x-sdk-date"], hash(canonical)].join("\n");
  assert.equal(signature, createHmac("sha256", key.sk).update(toSign).digest("hex"), canonical);
  return { unsigned, names };
}

/** The request that arrived, verified. */
function last() {
  const request = /** @type {any} */ (arrived.at(-1));
  assert.ok(request, "a request arrived");
  return { ...request, ...verify(request) };
}

const json = { "Content-Type": "application/json" };
const stream = () => new Blob([bytes]).stream();

/** Each kind of body: how it is given, the bytes that arrive, and whether they are hashed. */
const bodies = /** @type {[string, () => any, string | RegExp, boolean][]} */ ([
  ["nothing", () => ({}), "", true],
  ["a string", () => ({ body: text, headers: json }), text, true],
  ["an empty string", () => ({ body: "", headers: json }), "", true],
  ["an ArrayBuffer", () => ({ body: bytes.slice().buffer, headers: json }), text, true],
  ["a Uint8Array", () => ({ body: bytes, headers: json }), text, true],
  [
    "a part of a Uint8Array",
    () => ({ body: new Uint8Array([1, ...bytes, 2]).subarray(1, -1), headers: json }),
    text,
    true,
  ],
  ["a DataView", () => ({ body: new DataView(bytes.slice().buffer), headers: json }), text, true],
  [
    "a Uint16Array",
    () => ({ body: new Uint16Array([0x2020, 0x2020]), headers: json }),
    "    ",
    true,
  ],
  ["a Buffer", () => ({ body: Buffer.from(text), headers: json }), text, true],
  ["a Blob of JSON", () => ({ body: new Blob([bytes], { type: "application/json" }) }), text, true],
  ["a Blob without a type", () => ({ body: new Blob([bytes]) }), text, true],
  ["bytes without a type", () => ({ body: bytes }), text, true],
  // Another type than JSON and BSON is sent as UNSIGNED-PAYLOAD, as the official core does.
  ["text without a type", () => ({ body: text }), text, false],
  [
    "URLSearchParams",
    () => ({ body: new URLSearchParams({ a: "1 2", b: "ü" }) }),
    "a=1+2&b=%C3%BC",
    false,
  ],
  [
    "FormData",
    () => {
      const body = new FormData();
      body.set("name", "value");
      body.set("file", new Blob(["contents"]), "name.txt");
      return { body };
    },
    /name="name"\r\n\r\nvalue\r\n[\s\S]*filename="name\.txt"[\s\S]*contents\r\n/,
    false,
  ],
  ["a stream", () => ({ body: stream(), duplex: "half", headers: json }), text, false],
]);

describe("bodies", () => {
  for (const [shown, init, expected, hashed] of bodies) {
    test(`${shown} ${hashed ? "is hashed" : "goes as UNSIGNED-PAYLOAD"}, and arrives as signed`, async () => {
      const { body } = init();
      const method = body === undefined ? "GET" : "POST";
      const response = await signedFetch(key)(`${origin}/v1/x`, { method, ...init() });
      assert.equal(await response.text(), "answer");
      const request = last();
      if (expected instanceof RegExp) assert.match(request.body.toString(), expected);
      else assert.equal(request.body.toString(), expected);
      assert.equal(request.unsigned, !hashed);
      assert.match(request.names, /^(.*;)?host;(.*;)?x-sdk-date$/);
      if (shown === "FormData") assert.match(request.headers["content-type"], /boundary=/);
      if (shown === "FormData") assert.match(request.names, /content-type/);
    });
  }
});

describe("inputs", () => {
  const signed = signedFetch(key);

  test("a string, a URL and a Request are the same", async () => {
    const url = `${origin}/v2/p/instances?limit=10&name=a%20b`;
    for (const input of [url, new URL(url), new Request(url)]) {
      await signed(input);
      const { method, url: path } = last();
      assert.deepEqual([method, path], ["GET", "/v2/p/instances?limit=10&name=a%20b"]);
    }
  });

  test("a Request brings its method, headers, body and signal", async () => {
    const controller = new AbortController();
    const input = new Request(`${origin}/x`, {
      method: "PUT",
      headers: { ...json, "X-Own": "mine" },
      body: text,
      signal: controller.signal,
    });
    await signed(input);
    const { method, headers, body, names } = last();
    assert.deepEqual([method, headers["x-own"], body.toString()], ["PUT", "mine", text]);
    assert.match(names, /x-own/);
    controller.abort(new Error("enough"));
    const again = new Request(`${origin}/x`, { signal: controller.signal });
    assert.match(String(await failure(signed(again))), /enough/);
  });

  test("init goes over what a Request says", async () => {
    await signed(new Request(`${origin}/x`, { method: "PUT", body: text }), {
      method: "DELETE",
      body: null,
      headers: { "X-Own": "1" },
    });
    assert.equal(last().method, "DELETE");
  });

  for (const [url, path] of [
    ["/a b/ü/%41%2f?q=ü&q=a+b&z", "/a%20b/%C3%BC/%41%2f?q=%C3%BC&q=a%20b&z"],
    ["/x?b=2&a=1&a=0", "/x?b=2&a=1&a=0"],
    ["/x#fragment", "/x"],
    ["//double//slash", "//double//slash"],
    ["/dot/./../x", "/x"],
    ["/*'()!~-_.", "/*'()!~-_."],
  ]) {
    test(`${url} is sent as it is signed`, async () => {
      await signed(origin + url);
      assert.equal(last().url, path);
    });
  }

  test("a method in lower case is sent and signed in upper case", async () => {
    await signed(`${origin}/x`, { method: "put", body: "", headers: json });
    assert.equal(last().method, "PUT");
  });
});

describe("options", () => {
  test("projectId is sent and signed", async () => {
    await signedFetch(key, { projectId: emulator.projectId })(`${origin}/x`);
    const { headers, names } = last();
    assert.equal(headers["x-project-id"], emulator.projectId);
    assert.match(names, /x-project-id/);
  });

  test("clockOffsetMs moves the date", async () => {
    await signedFetch(key, { clockOffsetMs: 86_400_000 })(`${origin}/x`);
    const { headers } = last();
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString().replaceAll("-", "");
    assert.equal(headers["x-sdk-date"].slice(0, 8), tomorrow.slice(0, 8));
  });

  test("fetch: one of your own", async () => {
    /** @type {Request[]} */
    const seen = [];
    const fake = async (/** @type {Request} */ request) => {
      seen.push(request);
      return new Response("fake");
    };
    const response = await signedFetch(key, { fetch: fake })("https://ecs.example.com/v1/x");
    assert.equal(await response.text(), "fake");
    const [request] = /** @type {[Request]} */ (/** @type {unknown} */ (seen));
    assert.equal(request.redirect, "error");
    assert.equal(request.credentials, "omit");
    assert.equal(request.referrerPolicy, "no-referrer");
    assert.equal(request.cache, "no-store");
  });

  for (const algorithm of /** @type {const} */ (["SDK-HMAC-SM3", "V11-HMAC-SHA256"])) {
    test(`algorithm: ${algorithm}`, async () => {
      const credentials = await emulator.newKey();
      const options = { algorithm, region: emulator.region, service: "dcs" };
      const url = `${emulator.url}/v2/${emulator.projectId}/instances`;
      const scope = algorithm.startsWith("V11") ? options : { algorithm };
      assert.equal((await signedFetch(credentials, scope)(url)).status, 200);
      const [request] = await emulator.requestsOf(credentials.ak);
      assert.equal(request.authentication, algorithm);
    });
  }

  for (const [options, field] of /** @type {[any, string][]} */ ([
    [{ projectid: "p" }, "projectid"],
    [{ clockOffsetMs: 1.5 }, "clockOffsetMs"],
    [{ projectId: "p" }, "projectId"],
  ])) {
    test(`refused: ${JSON.stringify(options)}`, async () => {
      await refused(() => signedFetch(key, options), "InvalidArgumentError", { field });
    });
  }
});

describe("safety", () => {
  test("a redirect is refused: a signature does not follow one", async () => {
    await failure(signedFetch(key)(`${origin}/redirect`));
    assert.deepEqual(
      arrived.map((request) => request.url),
      ["/redirect"],
    );
  });

  test("plain http to another host is refused, unless it is said", async () => {
    const url = "http://ecs.example.com/x";
    const fake = async () => new Response();
    await refused(signedFetch(key, { fetch: fake })(url), "InvalidArgumentError", { field: "url" });
    assert.ok((await signedFetch(key, { fetch: fake, allowInsecure: true })(url)).ok);
  });
});

describe("credentials", () => {
  const url = `${emulator.url}/v2/${emulator.projectId}/instances?limit=1`;

  for (const [shown, make] of /** @type {[string, () => Promise<any>][]} */ ([
    ["a key", () => emulator.newKey()],
    ["a temporary key", () => emulator.newKey({ securityToken: "of-the-agency" })],
    ["a token", async () => ({ token: await emulator.newToken() })],
    ["a Credential", async () => new Credential(await emulator.newKey())],
    [
      "a provider",
      async () => {
        const given = await emulator.newKey();
        return async () => given;
      },
    ],
    [
      "a provider of tokens",
      async () => {
        const token = await emulator.newToken();
        return async () => ({ token });
      },
    ],
  ])) {
    test(`${shown}: the emulator takes it, again and again`, async () => {
      const signed = signedFetch(await make());
      assert.equal((await signed(url)).status, 200);
      assert.equal((await signed(url)).status, 200);
    });
  }

  for (const [shown, make] of /** @type {[string, () => Promise<any>][]} */ ([
    ["another secret", async () => ({ ...(await emulator.newKey()), sk: "another" })],
    [
      "another security token",
      async () => ({
        ...(await emulator.newKey({ securityToken: "of-the-agency" })),
        securityToken: "of-another",
      }),
    ],
    ["another token", async () => ({ token: "of-nobody" })],
  ])) {
    test(`${shown}: it does not`, async () => {
      assert.equal((await signedFetch(await make())(url)).status, 401);
    });
  }

  test("a provider is asked once for many calls", async () => {
    const given = await emulator.newKey();
    let calls = 0;
    const signed = signedFetch(async () => {
      calls += 1;
      return given;
    });
    const answers = await Promise.all(Array.from({ length: 50 }, () => signed(url)));
    assert.ok(answers.every((answer) => answer.status === 200));
    assert.equal(calls, 1);
  });

  test("a provider that fails is a CredentialsError, and nothing is sent", async () => {
    const signed = signedFetch(async () => {
      throw new Error("no network");
    });
    const error = await refused(signed(`${origin}/x`), "CredentialsError");
    assert.equal(error.cause.message, "no network");
    assert.equal(arrived.length, 0);
  });

  test("a freed Credential is refused", async () => {
    const credential = new Credential(key);
    const signed = signedFetch(credential);
    credential.free();
    await refused(signed(`${origin}/x`), "InvalidArgumentError", { field: "credentials" });
  });

  test("the signer's own entry does the same", async () => {
    assert.equal((await signer.signedFetch(await emulator.newKey())(url)).status, 200);
  });
});
