// @ts-check
// In Chromium: pages of other origins that mean harm, and a browser that sends a request again on its own.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { connect, createServer as createTcpServer } from "node:net";
import { after, before, describe, test } from "node:test";
import { createDcsHandler, toNodeListener } from "huaweicloud-dcs/server";
import * as emulator from "../node/support/emulator.mjs";
import { Chromium } from "../remote/support/chromium.mjs";
import { allowAll, puts } from "./support/back-end.mjs";

const PAGE = "<!doctype html><link rel=icon href='data:,'><script>window.ready = true</script>";

/** @param {import("node:net").Server} server */
async function listen(server) {
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(null)));
  return /** @type {import("node:net").AddressInfo} */ (server.address()).port;
}

/** What the back end was asked. @type {{ method?: string, url?: string, cookie?: string }[]} */
let asked = [];
const dcs = toNodeListener(
  createDcsHandler({
    ...allowAll,
    swapPauseMs: 0,
    authorize: ({ request }) =>
      request.headers.get("cookie") === "session=ops" && { user: "li.lei" },
  }),
);
/** Pages and back end of one origin; a visit is a login. */
const back = createServer((request, response) => {
  if (request.url?.startsWith("/dcs/")) {
    const { method, url, headers } = request;
    asked.push({ method, url, ...(headers.cookie && { cookie: headers.cookie }) });
    return dcs(request, response);
  }
  response
    .setHeader("Content-Type", "text/html")
    .setHeader("Set-Cookie", "session=ops; HttpOnly; Path=/");
  response.end(PAGE);
});
back.keepAliveTimeout = 60_000;
/** Somebody else's, on another port of the same host: the browser sends it the cookie, and from it. */
const evil = createServer(
  (_, response) => void response.setHeader("Content-Type", "text/html").end(PAGE),
);

/** Breaks a connection that a swap came on, as soon as the back end has answered it. */
let breaking = false;
let broken = 0;
const breaker = createTcpServer((client) => {
  const upstream = connect(port, "127.0.0.1");
  let isSwap = false;
  client.on("data", (data) => {
    isSwap = data.includes("async-swap");
    upstream.write(data);
  });
  upstream.on("data", (data) => {
    if (isSwap && breaking) {
      breaking = false;
      broken++;
      client.resetAndDestroy();
      upstream.destroy();
    } else client.write(data);
  });
  for (const socket of [client, upstream]) {
    socket.on("error", () => {});
    socket.on("close", () => (client.destroy(), upstream.destroy()));
  }
});

let port = 0;
let evilPort = 0;
let breakerPort = 0;
const chromium = new Chromium();
before(async () => {
  port = await listen(back);
  evilPort = await listen(evil);
  breakerPort = await listen(breaker);
});
after(async () => {
  await chromium.close();
  for (const server of [back, evil]) server.closeAllConnections();
  for (const server of [back, evil, breaker]) server.close();
});

/** @param {string} instanceId */
const path = (instanceId) => `/dcs/v2/-/instances/${instanceId}/async-swap`;

const OWN = '{ "X-Dcs-Request": "1", "Idempotency-Key": crypto.randomUUID() }';

describe("pages", () => {
  test("of its own origin may swap", async () => {
    const instanceId = await emulator.newInstance();
    await chromium.open(`http://127.0.0.1:${port}/`);
    const status = await chromium.evaluate(
      `fetch("${path(instanceId)}", { method: "PUT", headers: ${OWN} }).then((r) => r.status)`,
    );
    assert.equal(status, 200);
    assert.equal(await puts(instanceId), 1);
  });

  test("of another port may not, whatever they send along with the cookie", async () => {
    const instanceId = await emulator.newInstance();
    const back = `http://127.0.0.1:${port}`;
    await chromium.open(`http://127.0.0.1:${evilPort}/`);
    asked = [];
    const tries = [
      `fetch("${back}${path(instanceId)}", { method: "PUT", headers: ${OWN}, credentials: "include" })`,
      `fetch("${back}${path(instanceId)}", { method: "PUT", headers: ${OWN}, credentials: "include", mode: "no-cors" })`,
      `fetch("${back}/dcs/v2/-/instances/${instanceId}/swap", { method: "POST", credentials: "include", mode: "no-cors" })`,
      `fetch("${back}/dcs/v2/-/instances/${instanceId}/swap", { method: "POST", body: "{}", credentials: "include" })`,
      `fetch("${back}/dcs/config", { credentials: "include" }).then((r) => r.text())`,
      `new Promise((end) => {
        const frame = Object.assign(document.createElement("iframe"), { name: "f", onload: end });
        document.body.append(frame);
        const form = Object.assign(document.createElement("form"), {
          method: "POST", target: "f", action: "${back}/dcs/v2/-/instances/${instanceId}/swap",
        });
        document.body.append(form);
        form.submit();
      })`,
      `new Promise((end) => {
        const script = Object.assign(document.createElement("script"), {
          src: "${back}/dcs/config", onload: end, onerror: end,
        });
        document.body.append(script);
      })`,
    ];
    for (const one of tries) {
      const got = await chromium.evaluate(
        `(${one}).then((r) => String(r?.type ?? r), (e) => e.name)`,
      );
      assert.ok(!String(got).includes("li.lei"), `${one}: ${got}`);
    }
    assert.equal(await puts(instanceId), 0);
    // They were sent, some of them with the cookie: what stood against them was the handler.
    assert.ok(asked.some(({ method, cookie }) => method === "POST" && cookie === "session=ops"));
    assert.ok(asked.some(({ method }) => method === "OPTIONS"));
  });
});

test("a swap that Chromium sends again on its own is sent to the service once", async () => {
  const instanceId = await emulator.newInstance();
  await chromium.open(`http://127.0.0.1:${breakerPort}/`);
  // So that the connection has been used before.
  await chromium.evaluate(
    'fetch("/dcs/config", { headers: { "X-Dcs-Request": "1" } }).then((r) => r.text())',
  );
  asked = [];
  breaking = true;
  const got = await chromium.evaluate(
    `fetch("${path(instanceId)}", { method: "PUT", headers: ${OWN} })
      .then(async (r) => ({ status: r.status, replayed: r.headers.get("idempotency-replayed"), text: await r.text() }))`,
  );
  assert.equal(broken, 1);
  assert.equal(asked.filter(({ method }) => method === "PUT").length, 2, "Chromium sent it again");
  assert.deepEqual([got.status, got.replayed], [200, "true"]);
  assert.ok(JSON.parse(got.text).job_id);
  assert.equal(await puts(instanceId), 1);
  assert.equal((await emulator.counters(instanceId)).swaps_run, 1);
});
