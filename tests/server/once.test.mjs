// @ts-check
// One swap for one key, and one swap of an instance at a time.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createDcsHandler } from "huaweicloud-dcs/server";
import * as emulator from "../node/support/emulator.mjs";
import { allowAll, asking, newKey, puts, swapOf } from "./support/back-end.mjs";

/** @param {Partial<import("huaweicloud-dcs/server").DcsHandlerOptions>} [options] */
const handlerOf = (options) =>
  asking(createDcsHandler({ ...allowAll, ...options }), "http://back.end");

const JOB = "00000000-0000-4000-8000-0000000000aa";

/** @param {number} ms */
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

describe("a repeated Idempotency-Key", () => {
  test("is answered with the first answer, and nothing is sent", async () => {
    const ask = handlerOf();
    const instanceId = await emulator.newInstance();
    const headers = newKey();
    const first = await ask(swapOf(instanceId), { headers });
    await emulator.counters(instanceId);
    const again = await ask(swapOf(instanceId), { headers });
    assert.deepEqual([again.status, again.text], [first.status, first.text]);
    assert.equal(again.headers.get("x-request-id"), first.headers.get("x-request-id"));
    assert.equal(first.headers.get("idempotency-replayed"), null);
    assert.equal(again.headers.get("idempotency-replayed"), "true");
    assert.equal(await puts(instanceId), 1);
  });

  test("waits for the first while that is under way", async () => {
    const ask = handlerOf();
    const instanceId = await emulator.newInstance();
    await emulator.arm({ instance_id: instanceId }, { kind: "delay", ms: 200, when: "after" });
    const headers = newKey();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => ask(swapOf(instanceId), { headers })),
    );
    assert.equal(new Set(answers.map(({ text }) => text)).size, 1);
    assert.ok(answers[0]?.json.job_id);
    assert.equal(await puts(instanceId), 1);
  });

  test("is told of a lost answer again, not sent again", async () => {
    const ask = handlerOf();
    const instanceId = await emulator.newInstance();
    await emulator.arm({ instance_id: instanceId }, { kind: "drop_after" });
    const headers = newKey();
    for (let turn = 0; turn < 2; turn++) {
      const { json } = await ask(swapOf(instanceId), { headers });
      assert.deepEqual([json.error_code, json.outcome], ["PROXY_CONNECTION", "unknown"]);
    }
    assert.equal(await puts(instanceId), 1);
  });

  for (const [status, code] of /** @type {const} */ ([
    [429, "APIGW.0308"],
    [503, "APIGW.0308"],
  ])) {
    test(`may be sent again after a refusal by flow control, ${status} ${code}`, async () => {
      const ask = handlerOf();
      const instanceId = await emulator.newInstance();
      const fault = {
        kind: "status",
        status,
        error_code: code,
        error_msg: "too many",
        shape: "gateway",
      };
      await emulator.arm({ instance_id: instanceId }, fault);
      const headers = newKey();
      assert.equal((await ask(swapOf(instanceId), { headers })).json.error_code, code);
      assert.equal((await ask(swapOf(instanceId), { headers })).status, 200);
      assert.equal((await emulator.counters(instanceId)).swaps_run, 1);
    });
  }

  // Only the client judges whether nothing ran: the same text elsewhere in an answer proves nothing.
  for (const [what, status, answer] of /** @type {[string, number, object][]} */ ([
    ["an answer that says unknown", 503, { error_code: "DCS.1", error_msg: "m" }],
    ["an accepted swap", 200, { job_id: JOB }],
  ])) {
    test(`is answered, not sent again, after ${what} that mentions flow control`, async () => {
      let sent = 0;
      const ask = handlerOf({
        swapPauseMs: 0,
        fetch: async () => (sent++, Response.json({ ...answer, note: "APIGW.0308" }, { status })),
      });
      const headers = newKey();
      const instanceId = crypto.randomUUID();
      for (let turn = 0; turn < 2; turn++) {
        assert.equal((await ask(swapOf(instanceId), { headers })).status, status);
      }
      assert.equal(sent, 1);
    });
  }

  test("belongs to its path, body, method and user", async () => {
    let user = "li.lei";
    const ask = handlerOf({ authorize: () => ({ user }), swapPauseMs: 0 });
    const instanceId = await emulator.newInstance();
    const other = await emulator.newInstance();
    const headers = newKey();
    assert.equal((await ask(swapOf(instanceId), { headers })).status, 200);
    const reused = [422, "PROXY_IDEMPOTENCY_KEY_REUSED"];
    const refused = async (/** @type {string} */ request, /** @type {object} */ init) => {
      const { status, json } = await ask(request, { headers, ...init });
      return [status, json.error_code];
    };
    assert.deepEqual(await refused(swapOf(other), {}), reused);
    assert.deepEqual(await refused(swapOf(instanceId), { body: "{}" }), reused);
    assert.deepEqual(await refused(swapOf(instanceId), { body: '{"a":1}' }), reused);
    assert.deepEqual(await refused(`POST /v2/-/instances/${instanceId}/swap`, {}), reused);
    user = "mallory";
    assert.deepEqual(await refused(swapOf(instanceId), {}), reused);
    assert.deepEqual([await puts(instanceId), await puts(other)], [1, 0]);
  });

  test("belongs to them also while the first is under way", async () => {
    const ask = handlerOf();
    const instanceId = await emulator.newInstance();
    await emulator.arm({ instance_id: instanceId }, { kind: "delay", ms: 200 });
    const headers = newKey();
    const first = ask(swapOf(instanceId), { headers });
    await pause(50);
    assert.equal((await ask(swapOf(instanceId), { headers, body: "{}" })).status, 422);
    assert.equal((await first).status, 200);
  });

  test("that is refused when it comes again is told that the first may have run", async () => {
    let allowed = true;
    const ask = handlerOf({ authorize: () => allowed && { user: "li.lei" } });
    const instanceId = await emulator.newInstance();
    const headers = newKey();
    await emulator.arm({ instance_id: instanceId }, { kind: "delay", ms: 150 });
    const first = ask(swapOf(instanceId), { headers });
    await pause(50);
    // The session has ended between the two.
    allowed = false;
    const during = await ask(swapOf(instanceId), { headers });
    assert.deepEqual([during.json.error_code, during.json.outcome], ["PROXY_FORBIDDEN", "unknown"]);
    assert.equal((await first).status, 200);
    const later = await ask(swapOf(instanceId), { headers });
    assert.deepEqual([later.json.error_code, later.json.outcome], ["PROXY_FORBIDDEN", "unknown"]);
    const other = await ask(swapOf(instanceId), { headers: newKey() });
    assert.equal(other.json.outcome, "not_sent");
  });

  test("of a swap that was refused unsent is good for another try", async () => {
    let broken = true;
    const ask = handlerOf({
      audit: () => {
        if (broken) throw new Error("disk full");
      },
    });
    const instanceId = await emulator.newInstance();
    const headers = newKey();
    const refused = await ask(swapOf(instanceId), { headers });
    assert.deepEqual([refused.status, refused.json.error_code], [503, "PROXY_AUDIT"]);
    assert.equal(await puts(instanceId), 0);
    broken = false;
    assert.equal((await ask(swapOf(instanceId), { headers })).status, 200);
    assert.equal(await puts(instanceId), 1);
  });
});

describe("a second swap of an instance", () => {
  test("is refused while the request for the first is under way", async () => {
    const ask = handlerOf();
    const instanceId = await emulator.newInstance();
    await emulator.arm({ instance_id: instanceId }, { kind: "delay", ms: 200 });
    const first = ask(swapOf(instanceId), { headers: newKey() });
    await pause(50);
    // An id is the same in capitals.
    const { status, json } = await ask(swapOf(instanceId.toUpperCase()), { headers: newKey() });
    assert.deepEqual([status, json.error_code], [409, "PROXY_SWAP_UNDER_WAY"]);
    assert.equal((await first).status, 200);
    assert.equal(await puts(instanceId), 1);
  });

  test("is refused while the job of the first is under way, and sent when that has ended", async () => {
    const ask = handlerOf({ swapPauseMs: 0 });
    const instanceId = await emulator.newInstance({ job_ms: 300 });
    assert.equal((await ask(swapOf(instanceId), { headers: newKey() })).status, 200);
    const refused = await ask(swapOf(instanceId), { headers: newKey() });
    assert.deepEqual([refused.status, refused.json.error_code], [409, "PROXY_SWAP_UNDER_WAY"]);
    await emulator.counters(instanceId);
    assert.equal((await ask(swapOf(instanceId), { headers: newKey() })).status, 200);
    assert.equal(await puts(instanceId), 2);
  });

  test("asks for the job with the handler's own fetch", async () => {
    let status = "RUNNING";
    /** @type {string[]} */
    const asked = [];
    const ask = handlerOf({
      swapPauseMs: 0,
      // Nobody answers there: whatever goes another way than by this fetch fails.
      endpoint: "http://127.0.0.1:9",
      fetch: async ({ method }) => {
        asked.push(method);
        return Response.json({ job_id: JOB, ...(method === "GET" && { status }) });
      },
    });
    const instanceId = crypto.randomUUID();
    const swap = async () => (await ask(swapOf(instanceId), { headers: newKey() })).status;
    assert.deepEqual([await swap(), await swap()], [200, 409]);
    status = "SUCCESS";
    assert.equal(await swap(), 200);
    assert.deepEqual(asked, ["PUT", "GET", "GET", "PUT"]);
  });

  test("is refused for a pause after the first, however short its job", async () => {
    const ask = handlerOf({ swapPauseMs: 400 });
    const instanceId = await emulator.newInstance({ job_ms: 1 });
    assert.equal((await ask(swapOf(instanceId), { headers: newKey() })).status, 200);
    await emulator.counters(instanceId);
    assert.equal((await ask(swapOf(instanceId), { headers: newKey() })).status, 409);
    await pause(450);
    assert.equal((await ask(swapOf(instanceId), { headers: newKey() })).status, 200);
  });

  test("is refused after an answer that was lost", async () => {
    const ask = handlerOf({ swapPauseMs: 0 });
    const instanceId = await emulator.newInstance();
    await emulator.arm({ instance_id: instanceId }, { kind: "drop_after" });
    assert.equal((await ask(swapOf(instanceId), { headers: newKey() })).status, 502);
    assert.equal((await ask(swapOf(instanceId), { headers: newKey() })).status, 409);
    assert.equal(await puts(instanceId), 1);
  });

  test("is sent at once after the service has refused the first", async () => {
    const ask = handlerOf();
    const instanceId = await emulator.newInstance();
    const fault = { kind: "status", status: 403, error_code: "APIGW.0302", shape: "gateway" };
    await emulator.arm({ instance_id: instanceId }, fault);
    assert.equal((await ask(swapOf(instanceId), { headers: newKey() })).status, 403);
    assert.equal((await ask(swapOf(instanceId), { headers: newKey() })).status, 200);
  });

  test("of another instance is not held up", async () => {
    const ask = handlerOf();
    const ids = await Promise.all(Array.from({ length: 5 }, () => emulator.newInstance()));
    const answers = await Promise.all(ids.map((id) => ask(swapOf(id), { headers: newKey() })));
    assert.deepEqual(
      answers.map(({ status }) => status),
      Array(5).fill(200),
    );
  });
});

describe("a store that several processes share", () => {
  /** As Redis would be: the same entries, whoever asks. */
  function shared() {
    /** @type {Map<string, { value: string, until: number }>} */
    const entries = new Map();
    /** @type {any[]} */
    const writes = [];
    const read = (/** @type {string} */ key) => {
      const entry = entries.get(key);
      return entry && entry.until > Date.now() ? entry.value : null;
    };
    return {
      writes,
      store: {
        get: async (/** @type {string} */ key) => (await pause(1), read(key)),
        /** @param {string} key @param {string | undefined} value @param {any} options */
        set: async (key, value, { ttlMs, ifAbsent }) => {
          await pause(1);
          if (ifAbsent && read(key) !== null) return false;
          writes.push({ key, value, ttlMs });
          if (value === undefined) entries.delete(key);
          else entries.set(key, { value, until: Date.now() + ttlMs });
          return true;
        },
      },
    };
  }

  test("lets one of them swap, and the others wait for its answer", async () => {
    const { store, writes } = shared();
    const asks = Array.from({ length: 4 }, () => handlerOf({ idempotency: store }));
    const instanceId = await emulator.newInstance();
    await emulator.arm({ instance_id: instanceId }, { kind: "delay", ms: 200 });
    const headers = newKey();
    const answers = await Promise.all(asks.map((ask) => ask(swapOf(instanceId), { headers })));
    assert.equal(new Set(answers.map(({ text }) => text)).size, 1);
    assert.ok(answers[0]?.json.job_id);
    assert.equal(await puts(instanceId), 1);
    const kept = writes.filter(({ key }) => key.startsWith("key/"));
    assert.ok(
      kept.every(({ ttlMs }) => ttlMs === 86_400_000),
      "an answer is kept for a day",
    );
    assert.ok(!JSON.stringify(writes).includes(emulator.SECRET));
  });

  test("lets one swap of an instance through", async () => {
    const { store } = shared();
    const asks = Array.from({ length: 4 }, () => handlerOf({ idempotency: store }));
    const instanceId = await emulator.newInstance();
    const answers = await Promise.all(
      asks.map((ask) => ask(swapOf(instanceId), { headers: newKey() })),
    );
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409, 409, 409]);
    assert.equal(await puts(instanceId), 1);
  });

  /** @type {[string, any, string?][]} */
  const failing = [
    [
      "cannot be read",
      { get: () => Promise.reject(new Error("down")), set: async () => false },
      "unknown",
    ],
    [
      "cannot be written",
      { get: async () => undefined, set: () => Promise.reject(new Error("down")) },
    ],
    ["does not say whether it wrote", { get: async () => undefined, set: async () => "OK" }],
    ["holds what it was not given", { get: async () => "{", set: async () => false }, "unknown"],
  ];
  // Whether another copy of the request was sent, only the store could tell.
  for (const [what, idempotency, outcome = "not_sent"] of failing) {
    test(`that ${what} lets nothing through`, async () => {
      const instanceId = await emulator.newInstance();
      const ask = handlerOf({ idempotency });
      const { status, json } = await ask(swapOf(instanceId), { headers: newKey() });
      assert.deepEqual([status, json.error_code, json.outcome], [503, "PROXY_STORE", outcome]);
      assert.equal(await puts(instanceId), 0);
    });
  }

  test("that fails after the swap has left does not take its answer away, nor let it be sent again", async () => {
    const { store } = shared();
    let broken = false;
    const set = (/** @type {[string, string | undefined, any]} */ ...args) =>
      broken ? Promise.reject(new Error("down")) : store.set(...args);
    const instanceId = await emulator.newInstance();
    const ask = handlerOf({
      idempotency: { get: store.get, set },
      audit: ({ outcome }) => void (broken = outcome === "sending" || broken),
    });
    const headers = newKey();
    assert.equal((await ask(swapOf(instanceId), { headers })).status, 200);
    broken = false;
    assert.equal((await ask(swapOf(instanceId), { headers: newKey() })).status, 409);
    assert.equal(await puts(instanceId), 1);
  });
});
