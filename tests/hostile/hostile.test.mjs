// @ts-check
// A service, a gateway or a network that means harm: no call hangs, none swaps twice, none sends a signature
// elsewhere, and memory stays under a bound whatever is answered.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import { wasmBytes, watchProcess } from "./memory.mjs";
import { DcsClient, DcsError, changeMasterStandbyAsync, signedFetch } from "huaweicloud-dcs";
import * as emulator from "../node/support/emulator.mjs";
import { refused } from "../node/support/expect.mjs";

const MiB = 1 << 20;
/** An answer is read to 1 MiB: as bytes, as text, packed and as values. */
const WASM_BOUND = 32 * MiB;
/** What of 100 MB is on its way when reading stops, and what the collector has not yet taken. */
const PROCESS_BOUND = 160 * MiB;
const CALL_BOUND_MS = 5_000;

let highest = { wasm: 0, process: 0 };
after(() => {
  const text = Object.entries(highest).map(
    ([what, bytes]) => `${what} ${(bytes / MiB).toFixed(1)} MiB`,
  );
  console.log(`highest memory: ${text.join(", ")}`);
});

/** Loads the module, and lets the process reach its usual size. */
before(async () => {
  for (let round = 0; round < 50; round++) await works();
});

/** A good call, as ever. */
async function works() {
  const { instanceId, ...options } = await emulator.target();
  const client = new DcsClient(options);
  assert.equal((await client.showInstance({ instanceId })).instance_id, instanceId);
  client.free();
}

/**
 * One call of each kind under a fault: `read` and `swap` are given the promise and judge it.
 * @param {{ kind: string, [field: string]: unknown }} fault
 * @param {(call: Promise<any>) => unknown} read
 * @param {(call: Promise<any>) => unknown} swap
 * @param {{ timeoutMs?: number }} [more]
 */
async function under(fault, read, swap, more = {}) {
  const { instanceId, ...options } = await emulator.target();
  const client = new DcsClient({ timeoutMs: CALL_BOUND_MS, retry: false, ...options, ...more });
  const process = watchProcess();
  for (const [call, judge] of /** @type {const} */ ([
    [() => client.showInstance({ instanceId }), read],
    [() => client.changeMasterStandbyAsync({ instanceId }), swap],
  ])) {
    await emulator.arm({ instance_id: instanceId }, fault);
    const start = performance.now();
    await judge(call());
    const elapsed = performance.now() - start;
    assert.ok(elapsed < CALL_BOUND_MS, `${elapsed} ms`);
    await emulator.disarm();
  }
  const { swap_requests, swaps_run } = await emulator.counters(instanceId);
  assert.ok(swap_requests === 1 && swaps_run <= 1, `${swap_requests} sent, ${swaps_run} run`);
  client.free();
  const grown = { wasm: wasmBytes(), process: process.end() };
  highest = {
    wasm: Math.max(highest.wasm, grown.wasm),
    process: Math.max(highest.process, grown.process),
  };
  assert.ok(grown.wasm <= WASM_BOUND, `${grown.wasm} bytes of wasm memory`);
  assert.ok(grown.process <= PROCESS_BOUND, `the process grew by ${grown.process} bytes`);
  await works();
}

/** @param {string} name */
const rejects =
  (name, fields = {}) =>
  (/** @type {Promise<any>} */ call) =>
    refused(call, name, fields);

const malformed = rejects("ResponseFormatError");
const unknown = rejects("ResponseFormatError", { outcome: "unknown", retryable: false });

test("a body that never ends", () => under({ kind: "endless_body" }, malformed, unknown));

test("an error whose body never ends", () =>
  under(
    { kind: "endless_body", status: 500 },
    rejects("ServiceResponseError", { httpStatusCode: 500 }),
    rejects("ServiceResponseError", { httpStatusCode: 500, outcome: "unknown" }),
  ));

test("an error body of 100 MB", () =>
  under(
    { kind: "huge_body", bytes: 100_000_000, status: 500 },
    rejects("ServiceResponseError", { httpStatusCode: 500 }),
    rejects("ServiceResponseError", { httpStatusCode: 500, outcome: "unknown" }),
  ));

test("a body of 100 MB", () =>
  under({ kind: "huge_body", bytes: 100_000_000 }, malformed, unknown));

test("bytes that come one by one", () =>
  under(
    { kind: "slow_bytes", ms_per_byte: 200 },
    rejects("RequestTimeoutError"),
    rejects("RequestTimeoutError", { outcome: "unknown" }),
    { timeoutMs: 400 },
  ));

test("a flood of headers", async () => {
  const flooded = (/** @type {Promise<any>} */ call) => refused(call, "ConnectionError");
  await under({ kind: "header_flood", count: 5_000 }, flooded, flooded);
  // As many as the platform takes are no matter.
  const fine = (/** @type {Promise<any>} */ call) => call;
  await under({ kind: "header_flood", count: 100 }, fine, fine);
});

test("a captive portal", async () => {
  for (const status of [200, 203]) await under({ kind: "html", status }, malformed, unknown);
  await under(
    { kind: "html", status: 511 },
    rejects("ServiceResponseError", { error_code: "511" }),
    rejects("ServiceResponseError", { outcome: "unknown" }),
  );
});

test("keys given twice: the last counts, as JSON.parse has it", () =>
  under(
    { kind: "duplicate_keys" },
    async (call) => assert.notEqual((await call).instance_id, "decoy"),
    async (call) => assert.match((await call).job_id, /^[0-9a-f-]{32,36}$/),
  ));

test("answers before the answer: 102 and 103, however many", async () => {
  for (const [status, count] of [
    [102, 20],
    [103, 5],
  ]) {
    const fine = (/** @type {Promise<any>} */ call) => call;
    await under({ kind: "informational_1xx", status, count }, fine, fine);
  }
});

test("100 and 101, that nobody asked for: an answer or an error, as the platform has it", async () => {
  const ends = (/** @type {Promise<any>} */ call) =>
    call.catch((error) => assert.ok(error instanceof DcsError, String(error)));
  for (const status of [100, 101])
    await under({ kind: "informational_1xx", status, count: 1 }, ends, ends);
});

test("204 where 200 is due", () => under({ kind: "no_content" }, malformed, unknown));

test("200 with a body that is cut, is no JSON, or is of another kind", async () => {
  const lost = (/** @type {Promise<any>} */ call) =>
    assert.rejects(
      call,
      (error) =>
        error instanceof DcsError &&
        ["ConnectionError", "ResponseFormatError"].includes(error.name),
    );
  for (const fault of [
    { kind: "cut_body" },
    { kind: "malformed_body" },
    { kind: "wrong_type", body: "7" },
    { kind: "wrong_type", body: "" },
  ])
    await under(fault, lost, lost);
});

test("JSON that is made to hurt", async () => {
  for (const body of [
    "[".repeat(900_000),
    `${"[".repeat(400_000)}${"]".repeat(400_000)}`,
    `[${"[],".repeat(300_000)}[]]`,
    `{${Array.from({ length: 40_000 }, (_, n) => `"key-${n}":${n}`).join()}}`,
    `{"instance_id":"${"x".repeat(900_000)}"}`,
    `"${"\\u0000".repeat(100_000)}"`,
    `["${"\\ud800".repeat(100_000)}"]`,
    `[${"1e400,".repeat(100_000)}1]`,
    `\ufeff{"job_id":7}`,
    '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}',
    '{"job_id":{"toString":7},"instance_id":[],"status":null}',
  ]) {
    await under({ kind: "body", body }, malformed, unknown);
    assert.equal(/** @type {any} */ ({}).polluted, undefined);
  }
});

test("error bodies that are made to hurt", async () => {
  for (const body of [
    "[".repeat(900_000),
    `{"error_code":"${"c".repeat(500_000)}","error_msg":"${"m".repeat(400_000)}"}`,
    `{"error_code":"X\\r\\nSet-Cookie: a=b","error_msg":"\\u001b[31m\\u0000"}`,
    `${'{"a":'.repeat(30)}{"error_code":"DEEP","error_msg":"m"}${"}".repeat(30)}`,
    '{"error_code":{"__proto__":null},"error_msg":[[]],"request_id":{}}',
  ]) {
    const judge = async (/** @type {Promise<any>} */ call) => {
      const error = await refused(call, "ServiceResponseError", { httpStatusCode: 400 });
      assert.ok(error.message.length < 4_000, `${error.message.length} characters`);
      assert.doesNotMatch(error.message, /\p{Cc}/u);
    };
    await under({ kind: "body", status: 400, body }, judge, judge);
  }
});

test("a redirect is not followed, and the other origin sees nothing", async (t) => {
  /** @type {string[]} */
  const seen = [];
  const other = createServer((request, response) => {
    seen.push(`${request.method} ${request.url} ${JSON.stringify(request.headers)}`);
    response.end("{}");
  });
  const url = await listen(t, other);
  for (const status of [301, 302, 303, 307, 308]) {
    const refuses = rejects("ConnectionError");
    const fault = { kind: "redirect", location: `${url}/stolen`, status };
    await under(fault, refuses, rejects("ConnectionError", { outcome: "unknown" }));
    const { credentials, instanceId } = await emulator.target();
    await emulator.arm({ operation: "ShowInstance", instance_id: instanceId }, fault);
    const path = `/v2/${emulator.projectId}/instances/${instanceId}`;
    await assert.rejects(signedFetch(credentials)(`${emulator.url}${path}`), TypeError);
  }
  assert.deepEqual(seen, []);
});

test("a small answer that unpacks to 1 GB", async (t) => {
  const bomb = gzipSync(Buffer.alloc(64 * MiB, "x"));
  const packed = Buffer.concat(Array.from({ length: 16 }, () => bomb));
  let requests = 0;
  const server = createServer((_request, response) => {
    requests += 1;
    response.writeHead(500, { "content-encoding": "gzip", "content-type": "application/json" });
    response.end(packed);
  });
  const endpoint = await listen(t, server);
  const process = watchProcess();
  const call = changeMasterStandbyAsync({
    ...(await emulator.target()),
    endpoint,
    timeoutMs: 20_000,
  });
  await refused(call, "ServiceResponseError", { httpStatusCode: 500, outcome: "unknown" });
  const grown = process.end();
  assert.ok(grown <= PROCESS_BOUND, `the process grew by ${grown} bytes`);
  assert.equal(requests, 1);
  await works();
});

/**
 * Where it listens, to the end of the test.
 * @param {import("node:test").TestContext} t
 * @param {import("node:http").Server} server
 */
async function listen(t, server) {
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = /** @type {import("node:net").AddressInfo} */ (server.address());
  return `http://127.0.0.1:${address.port}`;
}
