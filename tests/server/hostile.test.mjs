// @ts-check
// Requests that mean harm, on a real socket. Each is judged by what the emulator was asked: nothing that `authorize` did
// not allow. A request that is well made goes through the same harness first, so that the judge is not blind.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, beforeEach, describe, test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import * as emulator from "../node/support/emulator.mjs";
import { newKey, puts, serve, swapOf } from "./support/back-end.mjs";
import { send, statuses } from "./support/raw.mjs";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc");

/** Whose session may do what. */
const SESSIONS = new Map([
  ["session=ops", ["read", "swap"]],
  ["session=viewer", ["read"]],
]);

const credentials = await emulator.newKey();
/** @type {Awaited<ReturnType<typeof serve>>} */
let back;
/** @type {string} */
let instanceId;

before(async () => {
  back = await serve({
    credentials,
    authorize: ({ request, effect }) => {
      const cookie = request.headers.get("cookie") ?? "";
      return SESSIONS.get(cookie)?.includes(effect) ? { user: cookie } : false;
    },
  });
});
after(() => back.close());
beforeEach(async () => void (instanceId = await emulator.newInstance()));

/** All that reached the service since it began. */
const arrived = async () => (await emulator.requestsOf(credentials.ak)).length;

/**
 * What arrives at the service by an action.
 * @param {() => Promise<unknown>} action
 */
async function arrivals(action) {
  const start = await arrived();
  await action();
  return (await arrived()) - start;
}

/**
 * A swap as bytes, with some of its lines changed; undefined takes one away.
 * @param {Record<string, string | undefined>} [lines]
 * @param {{ method?: string, path?: string, body?: string }} [more]
 */
function swapBytes(lines = {}, { method = "PUT", path, body = "" } = {}) {
  const headers = {
    Host: `127.0.0.1:${back.port}`,
    Cookie: "session=ops",
    "X-Dcs-Request": "1",
    "Sec-Fetch-Site": "same-origin",
    Origin: back.origin,
    "Idempotency-Key": randomUUID(),
    "Content-Length": "0",
    ...lines,
  };
  const head = Object.entries(headers)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}: ${value}\r\n`);
  const target = path ?? `/dcs/v2/-/instances/${instanceId}/async-swap`;
  return `${method} ${target} HTTP/1.1\r\n${head.join("")}\r\n${body}`;
}

test("a swap that is well made arrives, once", async () => {
  const count = await arrivals(async () => {
    assert.deepEqual(statuses(await send(back.port, swapBytes())), [200]);
  });
  assert.equal(count, 1);
  assert.equal(await puts(instanceId), 1);
});

describe("nothing arrives of a request", () => {
  /** @type {[string, Record<string, string | undefined>, number][]} */
  const heads = [
    ["without a cookie", { Cookie: undefined }, 403],
    ["with a cookie that is none", { Cookie: "session=opsx" }, 403],
    ["of a session that may only look", { Cookie: "session=viewer" }, 403],
    ["with two cookies", { Cookie: "session=viewer; session=ops" }, 403],
    ["of another Origin", { Origin: "https://evil.example" }, 403],
    ["of its host's other port", { Origin: "http://127.0.0.1:1" }, 403],
    ["of Origin null", { Origin: "null" }, 403],
    ["of another Host, with a page's own Origin", { Host: "evil.example" }, 403],
    ["without a Host", { Host: undefined }, 400],
    ["with a Host that is none", { Host: "a b" }, 400],
    ["with a user in its Host", { Host: "ops@127.0.0.1" }, 400],
    ["with a path in its Host", { Host: "127.0.0.1/x" }, 400],
    ["of another site", { "Sec-Fetch-Site": "cross-site" }, 403],
    [
      "of a form, that has no header of its own",
      { "X-Dcs-Request": undefined, Origin: undefined },
      403,
    ],
    ["with the header, but not its value", { "X-Dcs-Request": "1, 1" }, 403],
    ["without a key", { "Idempotency-Key": undefined }, 400],
    ["with a key of 300 characters", { "Idempotency-Key": "k".repeat(300) }, 400],
    ["with a length that is none", { "Content-Length": "1e1" }, 400],
    ["with a length below zero", { "Content-Length": "-1" }, 400],
  ];
  for (const [what, lines, status] of heads) {
    test(what, async () => {
      const count = await arrivals(async () => {
        assert.deepEqual(statuses(await send(back.port, swapBytes(lines))), [status]);
      });
      assert.equal(count, 0);
    });
  }

  test("from a page that was rebound to this address: its own Host and Origin agree, but it has no cookie", async () => {
    const lines = { Host: "evil.example", Origin: "http://evil.example", Cookie: undefined };
    const count = await arrivals(async () => {
      assert.deepEqual(statuses(await send(back.port, swapBytes(lines))), [403]);
    });
    assert.equal(count, 0);
  });

  const id = "00000000-0000-4000-8000-000000000001";
  const paths = [
    `/dcs/v2/-/instances/x/../${id}/async-swap`,
    `/dcs/../dcs/v2/-/instances/${id}/async-swap`,
    `/dcs/v2/-/instances/x/%2e%2e/${id}/async-swap`,
    `/dcs/v2/-/instances/x/%2E%2E/${id}/async-swap`,
    `/dcs/v2/-/instances/x/.%2e/${id}/async-swap`,
    `/dcs/v2/-/instances/%2e/${id}/async-swap`,
    `/dcs/v2/-/instances/${id}%2fasync-swap`,
    `/dcs/v2/-/instances/${id}%2Fasync-swap`,
    `/dcs/v2/-/instances/${id}%5casync-swap`,
    `/dcs/v2/-/instances/${id}\\async-swap`,
    `/dcs\\v2\\-\\instances\\${id}\\async-swap`,
    `/dcs/v2/-/instances/%252e%252e/${id}/async-swap`,
    `/dcs/v2/-/instances/${id}%252fasync-swap`,
    `//dcs/v2/-/instances/${id}/async-swap`,
    `/dcs//v2/-/instances/${id}/async-swap`,
    `/dcs/v2/-/instances//${id}/async-swap`,
    `/dcs/v2/-/instances/${id}/async-swap/`,
    `/dcs/v2/-/instances/${id}/async-swap//`,
    `/dcs/v2/-/instances/${id};a=b/async-swap`,
    `/dcs/v2/-/instances/${id}/async-swap;a=b`,
    `/dcs/v2/-/instances/${id}%00/async-swap`,
    `/dcs/v2/-/instances/${id}/async-swap%00`,
    `/dcs/v2/-/instances/${id}/async-swap%0d%0aX:%201`,
    `/dcs/v2/-/instances/${id}/async-swap?`,
    `/dcs/v2/-/instances/${id}/async-swap?x=1`,
    `/dcs/v2/-/instances/${id}/async-swap#x`,
    `/dcs/v2/-/instances/${id}/async%2dswap`,
    `/dcs/v2/%2d/instances/${id}/async-swap`,
    `/%64cs/v2/-/instances/${id}/async-swap`,
    `/DCS/v2/-/instances/${id}/async-swap`,
    `/dcs/v2/-/instances/${id}/Async-Swap`,
    `/dcs/V2/-/instances/${id}/async-swap`,
    `/dcsx/v2/-/instances/${id}/async-swap`,
    `/dcs/v2/${"f".repeat(32)}/instances/${id}/async-swap`,
    `/dcs/v2/-/../${"f".repeat(32)}/instances/${id}/async-swap`,
    `/dcs/v2/__proto__/instances/${id}/async-swap`,
    `/dcs/__proto__/v2/-/instances/${id}/async-swap`,
    `/dcs/constructor/v2/-/instances/${id}/async-swap`,
    `/dcs/cn-east-3/v2/-/instances/${id}/async-swap`,
    `/dcs/v2/-/instances/__proto__/async-swap`,
    `/dcs/v2/-/instances/${id}/\u00e4/async-swap`,
    `http://127.0.0.1/dcs/v2/-/instances/${id}/async-swap`,
    `http://evil.example/dcs/v2/-/instances/${id}/async-swap`,
    "*",
  ];
  for (const path of paths) {
    test(`with the path ${path.replaceAll(id, "ID")}`, async () => {
      const count = await arrivals(async () => {
        const found = statuses(await send(back.port, swapBytes({}, { path })));
        // Node itself refuses some of them.
        assert.ok(
          found.length <= 1 && found.every((status) => status >= 400 && status < 500),
          String(found),
        );
      });
      assert.equal(count, 0);
    });
  }

  for (const method of [
    "POST",
    "DELETE",
    "PATCH",
    "GET",
    "HEAD",
    "OPTIONS",
    "TRACE",
    "PROPFIND",
    "put",
    "FOO",
  ]) {
    test(`with the method ${method}`, async () => {
      const count = await arrivals(async () => {
        const lines = method === "POST" ? { "X-HTTP-Method-Override": "PUT" } : {};
        const found = statuses(await send(back.port, swapBytes(lines, { method })));
        assert.ok(
          found.length === 1 && found.every((status) => status >= 400 && status < 500),
          String(found),
        );
      });
      assert.equal(count, 0);
    });
  }

  for (const query of [
    "__proto__=1",
    "constructor=1",
    "__proto__[limit]=1",
    "limit[]=1",
    "limit=1&limit=2",
  ]) {
    test(`with the query ${query}`, async () => {
      const count = await arrivals(async () => {
        const { status } = await back.ask(`GET /v2/-/instances?${query}`, {
          headers: { Cookie: "session=ops" },
        });
        assert.equal(status, 400);
      });
      assert.equal(count, 0);
      assert.equal(/** @type {any} */ ({}).limit, undefined);
    });
  }
});

describe("one request stays one", () => {
  /** A second request in what is the body of the first, to one reader. */
  const hidden = () => swapBytes({ "Idempotency-Key": "hidden" });

  /** @type {[string, () => string | string[]][]} */
  const shapes = [
    [
      "Transfer-Encoding and Content-Length",
      () =>
        swapBytes(
          {
            Cookie: undefined,
            "Transfer-Encoding": "chunked",
            "Content-Length": String(5 + hidden().length),
          },
          { body: `0\r\n\r\n${hidden()}` },
        ),
    ],
    [
      "two lengths",
      () =>
        swapBytes({ Cookie: undefined, "content-length": "0" }).replace(
          "Content-Length: 0",
          `Content-Length: ${hidden().length}`,
        ) + hidden(),
    ],
    [
      "a Transfer-Encoding that is none",
      () =>
        swapBytes({
          Cookie: undefined,
          "Content-Length": undefined,
          "Transfer-Encoding": "xchunked",
        }) + hidden(),
    ],
    [
      "a Transfer-Encoding after a blank",
      () =>
        swapBytes(
          { Cookie: undefined, "Content-Length": undefined, "Transfer-Encoding ": "chunked" },
          { body: `0\r\n\r\n${hidden()}` },
        ),
    ],
    [
      "a header that is folded",
      () =>
        swapBytes({
          Cookie: undefined,
          "X-A": "b\r\n c: d",
          "Content-Length": String(hidden().length),
        }) + hidden(),
    ],
    [
      "a bare line feed",
      () =>
        swapBytes({
          Cookie: undefined,
          "X-A": "b\nTransfer-Encoding: chunked",
          "Content-Length": String(hidden().length),
        }) + hidden(),
    ],
    [
      "a GET with a body",
      () =>
        swapBytes(
          { Cookie: undefined, "Content-Length": String(hidden().length) },
          { method: "GET", path: "/dcs/config" },
        ) + hidden(),
    ],
    [
      "an Upgrade",
      () =>
        swapBytes({
          Cookie: undefined,
          Connection: "Upgrade",
          Upgrade: "h2c",
          "Content-Length": String(hidden().length),
        }) + hidden(),
    ],
    ["two Hosts", () => swapBytes({ Cookie: "session=ops", host: "evil.example" })],
    ["a NUL in a header", () => swapBytes({ Cookie: "session=ops\0" })],
  ];
  for (const [what, bytes] of shapes) {
    test(`with ${what}: nothing arrives`, async () => {
      const count = await arrivals(async () => {
        const found = statuses(await send(back.port, bytes()));
        assert.ok(
          found.every((status) => status >= 400 && status < 500),
          String(found),
        );
      });
      assert.equal(count, 0);
    });
  }

  test("two that follow each other on one connection are two, each with its own cookie", async () => {
    const count = await arrivals(async () => {
      const both = [swapBytes({ Cookie: undefined }), swapBytes()];
      const found = statuses(await send(back.port, both.join("")));
      assert.deepEqual(found, [403, 200]);
    });
    assert.equal(count, 1);
  });
});

describe("bodies", () => {
  test("of 1 MiB are refused by their length, and without one at the limit", async () => {
    const large = "x".repeat(1 << 20);
    const count = await arrivals(async () => {
      const known = await send(
        back.port,
        swapBytes({ "Content-Length": String(large.length) }, { body: large }),
      );
      assert.deepEqual(statuses(known), [413]);
      const chunked = { "Content-Length": undefined, "Transfer-Encoding": "chunked" };
      const body = `100000\r\n${large}\r\n0\r\n\r\n`;
      assert.deepEqual(statuses(await send(back.port, swapBytes(chunked, { body }))), [413]);
    });
    assert.equal(count, 0);
  });

  test("of another text do not take an answer by its key", async () => {
    const key = { "Idempotency-Key": "doubled" };
    const count = await arrivals(async () => {
      assert.deepEqual(statuses(await send(back.port, swapBytes(key))), [200]);
      const other = swapBytes({ ...key, "Content-Length": "7" }, { body: '{"a":1}' });
      assert.deepEqual(statuses(await send(back.port, other)), [422]);
    });
    assert.equal(count, 1);
  });

  test(
    "that come slowly end after 10 seconds, and hold nobody up",
    { timeout: 30_000 },
    async () => {
      const count = await arrivals(async () => {
        const slow = Array.from({ length: 100 }, () =>
          send(back.port, swapBytes({ "Content-Length": "100" }, { body: "{" }), {
            waitMs: 15_000,
          }),
        );
        slow.push(...Array.from({ length: 100 }, () => send(back.port, swapBytes().slice(0, 60))));
        await new Promise((resolve) => setTimeout(resolve, 500));
        const headers = { ...newKey(), Cookie: "session=ops" };
        assert.equal((await back.ask(swapOf(instanceId), { headers })).status, 200);
        const found = await Promise.all(slow);
        assert.ok(found.length === 200);
      });
      assert.equal(count, 1);
    },
  );
});

describe("floods", () => {
  test("200 swaps of one instance at once: one arrives", async () => {
    /** @type {number[]} */
    let found = [];
    const count = await arrivals(async () => {
      const swaps = Array.from({ length: 200 }, () =>
        back.ask(swapOf(instanceId), { headers: { ...newKey(), Cookie: "session=ops" } }),
      );
      found = (await Promise.all(swaps)).map(({ status }) => status);
    });
    assert.equal(found.filter((status) => status === 200).length, 1);
    assert.equal(found.filter((status) => status === 409).length, 199);
    assert.equal(await puts(instanceId), 1);
    assert.equal(count, 1);
  });

  test("one swap 200 times at once: one arrives, and all have its answer", async () => {
    const headers = { ...newKey(), Cookie: "session=ops" };
    const swaps = Array.from({ length: 200 }, () => back.ask(swapOf(instanceId), { headers }));
    const answers = await Promise.all(swaps);
    assert.equal(new Set(answers.map(({ text }) => text)).size, 1);
    assert.ok(answers[0]?.json.job_id);
    assert.equal(await puts(instanceId), 1);
  });

  test("headers without end are cut off", async () => {
    const count = await arrivals(async () => {
      const many = Object.fromEntries(Array.from({ length: 5000 }, (_, at) => [`X-${at}`, "y"]));
      assert.deepEqual(statuses(await send(back.port, swapBytes(many))), [431]);
      const long = swapBytes({ "X-Long": "y".repeat(1 << 20) });
      assert.ok(statuses(await send(back.port, long)).every((status) => status === 431));
    });
    assert.equal(count, 0);
  });

  test(
    "2,000 requests that are refused, and 2,000 swaps, leave less than 32 MiB",
    { timeout: 120_000 },
    async () => {
      const refused = async () => {
        const body = "x".repeat(60_000);
        const { status } = await back.ask(swapOf(instanceId), { headers: newKey(), body });
        assert.equal(status, 403);
      };
      const headers = () => ({ ...newKey(), Cookie: "session=ops" });
      const swaps = async () => {
        const { status } = await back.ask(swapOf(instanceId), { headers: headers() });
        assert.ok(status === 200 || status === 409, String(status));
      };
      const flood = async (/** @type {() => Promise<void>} */ one, /** @type {number} */ times) => {
        for (let at = 0; at < times; at += 100) await Promise.all(Array.from({ length: 100 }, one));
      };
      await flood(refused, 200);
      await flood(swaps, 200);
      collect();
      const start = process.memoryUsage().heapUsed;
      await flood(refused, 2000);
      await flood(swaps, 2000);
      collect();
      const grown = process.memoryUsage().heapUsed - start;
      assert.ok(grown < 32 << 20, `${grown} bytes`);
    },
  );
});

describe("answers of the service", () => {
  test(
    "in pieces of one byte take no more memory than their bytes",
    { timeout: 60_000 },
    async () => {
      const text = JSON.stringify({ instance_id: instanceId, more: "x".repeat(20_000) });
      const bytes = new TextEncoder().encode(text);
      let at = 0;
      let most = 0;
      const answer = () =>
        new ReadableStream({
          pull(controller) {
            if (at === bytes.length) return controller.close();
            // Each piece holds the memory that it was received into.
            const piece = new Uint8Array(64 * 1024).subarray(0, 1);
            piece[0] = bytes[at] ?? 0;
            controller.enqueue(piece);
            at += 1;
            if (at % 1000 > 0) return;
            collect();
            most = Math.max(most, process.memoryUsage().arrayBuffers);
          },
        });
      const other = await serve({ fetch: async () => new Response(answer()) });
      const start = process.memoryUsage().arrayBuffers;
      const found = await other.ask(`GET /v2/-/instances/${instanceId}`);
      await other.close();
      assert.deepEqual([found.status, found.text], [200, text]);
      // As many pieces as there are bytes would hold 1.3 GB; some of them are garbage that is not collected yet.
      assert.ok(most - start < 128 << 20, `${most - start} bytes`);
    },
  );
});

test("the server lives on", async () => {
  const { status } = await back.ask(swapOf(instanceId), {
    headers: { ...newKey(), Cookie: "session=ops" },
  });
  assert.equal(status, 200);
});
