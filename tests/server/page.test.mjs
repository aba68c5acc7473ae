// @ts-check
// `new DcsClient({ server })`: a page whose back end does it all, with a session in a cookie; and the same from Node.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { extname, join, normalize } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { DcsClient } from "huaweicloud-dcs";
import * as page from "huaweicloud-dcs/page";
import { createDcsHandler, toNodeListener } from "huaweicloud-dcs/server";
import * as emulator from "../node/support/emulator.mjs";
import { refused } from "../node/support/expect.mjs";
import { Chromium } from "../remote/support/chromium.mjs";
import { allowAll, key, puts, serve } from "./support/back-end.mjs";

const require = createRequire(import.meta.url);
const PACKAGE = process.env.DCS_PKG ?? fileURLToPath(new URL("../../pkg", import.meta.url));
/** @type {Record<string, string>} */
const TYPES = { ".mjs": "text/javascript", ".wasm": "application/wasm" };
const PAGE = `<!doctype html><link rel=icon href="data:,"><script>window.ready = true;</script>`;

/** @type {{ method?: string, url?: string, headers: import("node:http").IncomingHttpHeaders }[]} */
let asked = [];
const dcs = toNodeListener(
  createDcsHandler({
    ...allowAll,
    swapPauseMs: 0,
    authorize: ({ request }) =>
      request.headers.get("cookie") === "session=ops" && { user: "li.lei" },
  }),
);
const site = createServer(async (request, response) => {
  const { method, url = "", headers } = request;
  if (url.startsWith("/dcs/")) {
    asked.push({ method, url, headers });
    return dcs(request, response);
  }
  if (url.startsWith("/pkg/")) {
    const file = join(PACKAGE, normalize(url.slice(4)));
    response.setHeader("Content-Type", TYPES[extname(file)] ?? "text/plain");
    return void response.end(await readFile(file));
  }
  response.setHeader("Content-Type", "text/html");
  response.setHeader("Set-Cookie", "session=ops; HttpOnly; SameSite=Strict; Path=/");
  response.end(PAGE);
});
const chromium = new Chromium();
before(async () => {
  await new Promise((resolve) => site.listen(0, "127.0.0.1", () => resolve(null)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (site.address());
  await chromium.open(`http://127.0.0.1:${port}/`);
});
after(async () => {
  await chromium.close();
  site.closeAllConnections();
  site.close();
});

/** How a call of the page ends. @param {string} call */
const ended = (call) =>
  chromium.evaluate(`${call}.then(
    (value) => ({ value }),
    ({ name, message, code, outcome, report }) => ({ name, message, code, outcome, report }),
  )`);

for (const entry of ["browser.mjs", "page.mjs"])
  describe(`a page with ${entry}`, () => {
    before(() =>
      chromium.evaluate(`import("/pkg/${entry}").then(({ DcsClient }) => {
        window.dcs = new DcsClient({ server: "/dcs" });
      })`),
    );

    test("switches over, verified, with one swap and no secret in it", async () => {
      const instanceId = await emulator.newInstance();
      asked = [];
      const { value, ...error } = await ended(`dcs.switchover({ instanceId: "${instanceId}" })`);
      assert.deepEqual([value?.result, value?.verified], ["swapped", true], JSON.stringify(error));
      assert.equal(await puts(instanceId), 1);
      assert.equal((await emulator.counters(instanceId)).swaps_run, 1);
      const held = "HELD-BY-THE-PAGE-7b21e0";
      await chromium.evaluate(
        `window.held = ["${held.slice(0, 8)}", "${held.slice(8)}"].join(""), 0`,
      );
      const snapshot = await chromium.heapSnapshot();
      assert.ok(snapshot.includes(held), "the search would find it");
      assert.ok(!snapshot.includes(emulator.SECRET) && !snapshot.includes(key.ak));
    });

    test("sends its session's cookie, what no form can send, and a key of the call with a swap", async () => {
      const instanceId = await emulator.newInstance();
      asked = [];
      await ended(`dcs.showInstance({ instanceId: "${instanceId}" })`);
      const calls = [1, 2].map(() =>
        ended(`dcs.changeMasterStandbyAsync({ instanceId: "${instanceId}" })`),
      );
      await Promise.all(calls);
      const [read, ...swaps] = asked;
      assert.deepEqual([read?.method, read?.url], ["GET", `/dcs/v2/-/instances/${instanceId}`]);
      const keys = swaps.map(({ headers }) => headers["idempotency-key"]);
      assert.equal(new Set(keys).size, 2);
      for (const { headers } of asked) {
        assert.equal(headers["x-dcs-request"], "1");
        assert.equal(headers.cookie, "session=ops");
        for (const name of ["authorization", "x-sdk-date", "x-project-id", "x-auth-token"])
          assert.equal(headers[name], undefined);
      }
      assert.equal(read?.headers["idempotency-key"], undefined);
      assert.ok(keys.every((one) => /^[0-9a-f]{32}$/.test(String(one))));
    });

    test("is told why the back end refused", async () => {
      const { name, code, message } = await ended(
        `new dcs.constructor({ server: "/dcs", region: "cn-east-3" }).listInstances()`,
      );
      assert.deepEqual([name, code], ["ServiceResponseError", "PROXY_NOT_FOUND"]);
      assert.match(message, /back end/);
    });
  });

describe("from Node", () => {
  test("it needs no keys, and takes none", async () => {
    const back = await serve();
    const server = `${back.origin}/dcs`;
    const dcs = new DcsClient({ server, region: emulator.region });
    const instanceId = await emulator.newInstance();
    const report = await dcs.switchover({ instanceId });
    assert.equal(report.result, "swapped");
    assert.equal(await puts(instanceId), 1);
    for (const [field, options] of /** @type {[string, any][]} */ ([
      ["credentials", { credentials: { ak: "a", sk: "b" } }],
      ["signer", { signer: () => ({}) }],
      ["projectId", { projectId: emulator.projectId }],
      ["endpoint", { endpoint: emulator.url }],
      ["via", { via: back.origin }],
    ])) {
      const both = { server, ...options };
      const error = await refused(
        () => new DcsClient(both).showInstance({ instanceId }),
        "InvalidArgumentError",
        { field },
      );
      assert.match(error.message, /leave it out with server/);
    }
    await back.close();
  });

  test("the entry of pages, imported and required, swaps through a back end and does nothing without", async () => {
    const back = await serve();
    for (const names of [page, require("huaweicloud-dcs/page")]) {
      assert.ok(!("signRequest" in names || "Credential" in names || "regions" in names));
      const dcs = new names.DcsClient({ server: `${back.origin}/dcs` });
      const instanceId = await emulator.newInstance();
      const report = await dcs.switchover({ instanceId });
      assert.deepEqual([report.result, report.verified], ["swapped", true]);
      assert.equal(await puts(instanceId), 1);
      dcs.free();
      for (const [field, options] of /** @type {[string, any][]} */ ([
        ["server", {}],
        ["server", { server: null, region: "cn-north-4" }],
        ["credentials", { server: back.origin, credentials: { ak: "a", sk: "b" } }],
        ["credentials", { server: back.origin, credentials: () => ({ ak: "a", sk: "b" }) }],
        ["signer", { server: back.origin, signer: () => ({}) }],
        ["projectId", { server: back.origin, projectId: emulator.projectId }],
      ])) {
        const { InvalidArgumentError } = names;
        await assert.rejects(
          async () => new names.DcsClient(options).showInstance({ instanceId }),
          (/** @type {unknown} */ error) =>
            error instanceof InvalidArgumentError && Reflect.get(Object(error), "field") === field,
        );
      }
    }
    await back.close();
  });

  test("a call that is sent again after flow control keeps its key", async () => {
    const back = await serve();
    /** @type {string[]} */
    const keys = [];
    const dcs = new DcsClient({
      server: `${back.origin}/dcs`,
      retry: { baseDelayMs: 1, maxDelayMs: 5 },
      fetch: (request) => {
        keys.push(request.headers.get("idempotency-key") ?? "");
        return fetch(request);
      },
    });
    const instanceId = await emulator.newInstance();
    await emulator.arm({ instance_id: instanceId }, { kind: "status", status: 429 });
    assert.ok((await dcs.changeMasterStandbyAsync({ instanceId })).job_id);
    assert.equal(keys.length, 2);
    assert.equal(new Set(keys).size, 1);
    assert.equal((await emulator.counters(instanceId)).swaps_run, 1);
    await back.close();
  });

  test("a refusal of the back end names the back end, and no key or policy of the service", async () => {
    const refusals = [
      ["PROXY_FORBIDDEN", { authorize: () => false }],
      ["PROXY_AUTHORIZE", { authorize: () => Promise.reject(new Error("the sessions are gone")) }],
      ["PROXY_CREDENTIALS", { credentials: () => Promise.reject(new Error("none")) }],
    ];
    for (const [code, options] of /** @type {[string, any][]} */ (refusals)) {
      const back = await serve(options);
      try {
        const dcs = new DcsClient({ server: `${back.origin}/dcs`, retry: { maxAttempts: 1 } });
        const instanceId = await emulator.newInstance();
        const error = await refused(
          () => dcs.changeMasterStandbyAsync({ instanceId }),
          "ServiceResponseError",
          { code, outcome: "rejected" },
        );
        assert.match(error.hint, /back end/i);
        assert.ok(error.message.endsWith(error.hint), error.message);
        assert.doesNotMatch(error.message, /dcs:instance|access key|secret key|clock/);
      } finally {
        await back.close();
      }
    }
  });

  test("a path needs a page", async () => {
    await refused(() => new DcsClient({ server: "/dcs" }).listInstances(), "InvalidArgumentError", {
      field: "server",
    });
  });
});
