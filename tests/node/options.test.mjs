// @ts-check
// Options: a slip is refused by name before anything is sent, and each option has its effect.

import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { DcsClient, changeMasterStandbyAsync } from "huaweicloud-dcs";
import { accepted, respond } from "../support/responses.mjs";
import * as emulator from "./support/emulator.mjs";
import { refused } from "./support/expect.mjs";

const valid = await emulator.target();
const { ak, sk } = valid.credentials;
const throwing = {
  get instanceId() {
    throw new Error("a getter that throws");
  },
};
const { proxy: revoked, revoke } = Proxy.revocable({}, {});
revoke();

/** What is given over valid options, the field that is named, and words of the message. */
const refusals = /** @type {[any, string, RegExp][]} */ ([
  // Slips of the keyboard.
  [{ instnaceId: "x" }, "instnaceId", /did you mean instanceId/],
  [{ instance_id: "x" }, "instance_id", /did you mean instanceId/],
  [{ projectid: "x" }, "projectid", /did you mean projectId/],
  [{ timeout: 5 }, "timeout", /did you mean timeoutMs/],
  [{ credential: {} }, "credential", /did you mean credentials/],
  [{ regoin: "cn-north-4" }, "regoin", /did you mean region/],
  [{ onevent: () => {} }, "onevent", /did you mean onEvent/],
  [{ limit: 5 }, "limit", /is not an option here/],
  [{ jobId: "4".repeat(32) }, "jobId", /is not an option here/],
  [{ [`x${"y".repeat(5000)}`]: 1 }, `x${"y".repeat(39)}`, /is not an option here/],
  // Ids.
  [{ instanceId: undefined }, "instanceId", /is missing|must be/],
  [{ instanceId: "" }, "instanceId", /UUID/i],
  [{ instanceId: "not-a-uuid" }, "instanceId", /UUID/i],
  [{ instanceId: `${valid.instanceId}/../x` }, "instanceId", /UUID/i],
  [{ instanceId: `${valid.instanceId}\n` }, "instanceId", /UUID/i],
  [{ instanceId: 7 }, "instanceId", /UUID/],
  [{ projectId: "0123" }, "projectId", /32/],
  [{ projectId: "0123456789ABCDEF0123456789ABCDEF" }, "projectId", /32 lower-case/],
  [{ projectId: 5 }, "projectId", /string/],
  // Places.
  [{ endpoint: undefined }, "region", /is missing/],
  [{ endpoint: undefined, region: "cn-nroth-4" }, "region", /cn-north-4/],
  [{ endpoint: undefined, region: "" }, "region", /is empty/],
  [{ endpoint: undefined, region: {} }, "region", /string/],
  [{ endpoint: "" }, "endpoint", /./],
  [{ endpoint: "dcs.example.com" }, "endpoint", /absolute URL/],
  [{ endpoint: "ftp://dcs.example.com" }, "endpoint", /./],
  [{ endpoint: "http://dcs.example.com" }, "endpoint", /plain http/],
  [{ endpoint: "http://127.0.0.1.example.com" }, "endpoint", /plain http/],
  [{ endpoint: "http://localhost.example.com" }, "endpoint", /plain http/],
  [{ endpoint: "https://dcs.example.com/v2" }, "endpoint", /origin/],
  [{ endpoint: "https://dcs.example.com?a=b" }, "endpoint", /origin/],
  [{ endpoint: "https://user:word@dcs.example.com" }, "endpoint", /./],
  [{ endpoint: [] }, "endpoint", /list of strings/],
  [{ endpoint: [emulator.url, 7] }, "endpoint", /list of strings/],
  [{ iamEndpoint: "http://iam.example.com" }, "iamEndpoint", /plain http/],
  [{ via: "http://proxy.example.com" }, "via", /plain http/],
  [{ via: "/proxy" }, "via", /absolute URL where there is no page/],
  [{ via: "//evil.example.com" }, "via", /plain path/],
  [{ via: "https://proxy.example.com/a?b" }, "via", /no query/],
  [{ allowInsecure: "yes" }, "allowInsecure", /true or false/],
  // Numbers.
  [{ timeoutMs: 0 }, "timeoutMs", /1 to 600000/],
  [{ timeoutMs: 600_001 }, "timeoutMs", /1 to 600000/],
  [{ timeoutMs: 1.5 }, "timeoutMs", /whole number/],
  [{ timeoutMs: NaN }, "timeoutMs", /whole number/],
  [{ timeoutMs: Infinity }, "timeoutMs", /whole number/],
  [{ timeoutMs: "5000" }, "timeoutMs", /whole number/],
  [{ clockOffsetMs: 0.5 }, "clockOffsetMs", /whole number/],
  [{ clockOffsetMs: 1e300 }, "clockOffsetMs", /whole number/],
  [{ intervalMs: 1 }, "intervalMs", /50 to 60000/],
  [{ followTimeoutMs: 0 }, "followTimeoutMs", /1 to 3600000/],
  [{ verifyTimeoutMs: 0 }, "verifyTimeoutMs", /1 to 3600000/],
  [{ retry: 3 }, "retry", /object or false/],
  [{ retry: { attempts: 3 } }, "retry.attempts", /maxAttempts/],
  [{ retry: { maxAttempts: 0 } }, "retry.maxAttempts", /1 to 10/],
  [{ retry: { maxAttempts: 11 } }, "retry.maxAttempts", /1 to 10/],
  [{ retry: { baseDelayMs: -1 } }, "retry.baseDelayMs", /0 to 60000/],
  [{ retry: { maxDelayMs: 1e9 } }, "retry.maxDelayMs", /0 to 60000/],
  [{ retry: { maxElapsedMs: 1e12 } }, "retry.maxElapsedMs", /0 to 3600000/],
  // Algorithms.
  [{ algorithm: "HMAC" }, "algorithm", /SDK-HMAC-SHA256/],
  [{ algorithm: "SDK-SM2-SM3" }, "algorithm", /must be one of/],
  [{ algorithm: "V11-HMAC-SHA256" }, "region", /./],
  // Functions and signals.
  [{ fetch: "fetch" }, "fetch", /function/],
  [{ onEvent: {} }, "onEvent", /function/],
  [{ signal: {} }, "signal", /AbortSignal/],
  [{ signal: new AbortController() }, "signal", /AbortSignal/],
  [{ signer: {}, credentials: undefined }, "signer", /function/],
  [{ signer: async () => ({}) }, "signer", /one of them/],
  // Credentials.
  [{ credentials: "ak:sk" }, "credentials", /must be \{ ak, sk \}/],
  [{ credentials: {} }, "credentials.ak", /missing/],
  [{ credentials: { ak } }, "credentials.sk", /missing/],
  [{ credentials: { sk } }, "credentials.ak", /missing/],
  [{ credentials: { ak, sk: "" } }, "credentials.sk", /./],
  [{ credentials: { ak: "", sk } }, "credentials.ak", /./],
  [{ credentials: { ak, sk: 5 } }, "credentials.sk", /string/],
  [{ credentials: { ak, sk, token: "t" } }, "credentials", /not both/],
  [{ credentials: { ak, sk, secret: "s" } }, "credentials.secret", /not part/],
  [{ credentials: { ak: `${ak}\r\nX: y`, sk } }, "credentials.ak", /./],
  [{ credentials: { ak, sk, securityToken: "a\nb" } }, "credentials.securityToken", /./],
  [{ credentials: { token: "a\0b" } }, "credentials.token", /./],
  [{ credentials: { ak, sk, projectId: "x" }, projectId: undefined }, "projectId", /32/],
  [{ credentials: revoked }, "credentials", /./],
]);

for (const [change, field, message] of refusals) {
  const shown = inspect(change, { breakLength: Infinity, showProxy: true, depth: 1 })
    .replaceAll(sk, "***")
    .slice(0, 90);
  test(`refused: ${shown} names ${field.slice(0, 40)}`, async () => {
    const before = (await emulator.requestsOf(ak)).length;
    const options = { ...valid, ...change };
    // The environment would fill in what is missing.
    if ("credentials" in change && change.credentials === undefined) delete options.credentials;
    const error = await refused(changeMasterStandbyAsync(options), "InvalidArgumentError", {
      field,
      message,
      code: "INVALID_ARGUMENT",
      retryable: false,
      outcome: "not_sent",
    });
    assert.ok(error.message.startsWith(field), error.message);
    assert.ok(error.message.length < 1000);
    assert.equal((await emulator.requestsOf(ak)).length, before, "nothing was sent");
  });
}

for (const [shown, options] of /** @type {[string, any][]} */ ([
  ["a number", 7],
  ["a string", "options"],
  ["a function", () => {}],
  ["a revoked proxy", revoked],
  ["a getter that throws", throwing],
])) {
  test(`refused: options are ${shown}`, async () => {
    await refused(() => changeMasterStandbyAsync(options), "InvalidArgumentError", {
      field: /options|region|instanceId/,
    });
  });
}

test("a client refuses options when it is made, or when a call shows them wrong", async () => {
  await refused(
    () => new DcsClient(/** @type {any} */ ({ credentials: 7 })),
    "InvalidArgumentError",
    {
      field: "credentials",
    },
  );
  const dcs = new DcsClient(/** @type {any} */ ({ ...valid, instanceId: undefined, regoin: "x" }));
  await refused(dcs.showInstance({ instanceId: valid.instanceId }), "InvalidArgumentError", {
    field: "regoin",
  });
});

test("null and undefined stand for an option left out", async () => {
  const options = /** @type {any} */ ({ ...(await emulator.target()), region: null });
  for (const name of ["iamEndpoint", "via", "algorithm", "timeoutMs", "retry", "fetch", "signal"]) {
    options[name] = null;
    options[`${name}`] ??= undefined;
  }
  assert.ok((await changeMasterStandbyAsync(options)).job_id);
});

test("the options of a call go over those of its client", async () => {
  const { instanceId, credentials, ...options } = await emulator.target();
  const dcs = new DcsClient({ ...options, endpoint: "http://127.0.0.1:9", credentials });
  await refused(dcs.showInstance({ instanceId, retry: false }), "ConnectionError");
  const other = await emulator.newKey();
  await dcs.showInstance({ instanceId, endpoint: emulator.url, credentials: other });
  const [request] = await emulator.requestsFor(instanceId);
  assert.equal(request.access_key, other.ak);
});

test("options are read once: a later change of the object changes nothing", async () => {
  const { instanceId, ...options } = await emulator.target();
  const credentials = { ...options.credentials };
  const dcs = new DcsClient({ ...options, credentials });
  credentials.sk = "changed";
  assert.equal((await dcs.showInstance({ instanceId })).instance_id, instanceId);
});

for (const algorithm of /** @type {const} */ ([
  "SDK-HMAC-SHA256",
  "SDK-HMAC-SM3",
  "V11-HMAC-SHA256",
])) {
  test(`algorithm: ${algorithm} is understood`, async () => {
    const options = await emulator.target();
    await changeMasterStandbyAsync({ ...options, region: emulator.region, algorithm });
    const [request] = await emulator.requestsFor(options.instanceId);
    assert.equal(request.authentication, algorithm);
  });
}

test("fetch: one of your own is called with a Request, in place of the global one", async () => {
  const options = await emulator.target();
  /** @type {Request[]} */
  const seen = [];
  await changeMasterStandbyAsync({
    ...options,
    fetch: (request) => {
      seen.push(request);
      return fetch(request);
    },
  });
  assert.equal(seen.length, 1);
  const [request] = /** @type {[Request]} */ (/** @type {unknown} */ (seen));
  assert.equal(request.method, "PUT");
  assert.equal(request.redirect, "error");
  assert.equal(request.credentials, "omit");
  assert.equal(request.referrerPolicy, "no-referrer");
  assert.equal(request.cache, "no-store");
  assert.equal(request.headers.get("content-type"), "application/json");
  assert.equal(request.headers.get("x-project-id"), emulator.projectId);
  assert.match(String(request.headers.get("x-sdk-date")), /^\d{8}T\d{6}Z$/);
  assert.ok(!request.headers.has("host"));
});

test("fetch: the global one is looked up at each call", async (t) => {
  const options = await emulator.target({ job_ms: 0 });
  const dcs = new DcsClient(options);
  const replaced = t.mock.method(globalThis, "fetch");
  await dcs.changeMasterStandbyAsync({ instanceId: options.instanceId });
  assert.equal(replaced.mock.callCount(), 1);
});

for (const [shown, fake] of /** @type {[string, any][]} */ ([
  [
    "throws",
    () => {
      throw new TypeError("no network");
    },
  ],
  [
    "rejects",
    async () => {
      throw new TypeError("no network");
    },
  ],
  ["rejects with nothing", () => Promise.reject()],
  ["gives no response", async () => ({})],
  ["gives an opaque response", async () => Response.error()],
])) {
  test(`fetch: one that ${shown} gives a ConnectionError`, async () => {
    const error = await refused(
      changeMasterStandbyAsync({ ...valid, fetch: fake }),
      "ConnectionError",
      { code: "CONNECTION", outcome: "unknown", retryable: false },
    );
    if (shown === "throws" || shown === "rejects") assert.equal(error.cause.message, "no network");
  });
}

test("retry: reads are tried again, as often as it says", async () => {
  const { instanceId, ...options } = await emulator.target();
  const dcs = new DcsClient(options);
  const quick = { baseDelayMs: 1, maxDelayMs: 1 };
  for (const [retry, tries] of /** @type {[any, number][]} */ ([
    [false, 1],
    [{ maxAttempts: 1 }, 1],
    [quick, 3],
    [{ ...quick, maxAttempts: 5 }, 5],
    [{ ...quick, maxElapsedMs: 0, baseDelayMs: 50, maxDelayMs: 50 }, 1],
  ])) {
    const before = (await emulator.requestsFor(instanceId)).length;
    const match = { instance_id: instanceId };
    await emulator.arm(
      match,
      { kind: "status", status: 503, retry_after: retry?.maxElapsedMs === 0 ? 1 : 0 },
      { times: 20 },
    );
    await refused(dcs.showInstance({ instanceId, retry }), "ServiceResponseError", {
      httpStatusCode: 503,
      retryable: true,
      outcome: undefined,
    });
    assert.equal((await emulator.requestsFor(instanceId)).length - before, tries);
    await emulator.disarm();
  }
});

for (const [fault, name] of /** @type {[any, string][]} */ ([
  [{ kind: "drop_before" }, "connection"],
  [{ kind: "drop_after" }, "connection"],
  [{ kind: "cut_body" }, "connection"],
  [{ kind: "status", status: 429 }, "429"],
  [{ kind: "status", status: 500 }, "500"],
  [{ kind: "status", status: 502 }, "502"],
  [{ kind: "status", status: 503 }, "503"],
  [{ kind: "status", status: 504 }, "504"],
])) {
  test(`retry: a read is repeated after ${fault.kind} (${name})`, async () => {
    const { instanceId, ...options } = await emulator.target();
    await emulator.arm({ instance_id: instanceId }, fault);
    const dcs = new DcsClient({ ...options, retry: { baseDelayMs: 1, maxDelayMs: 1 } });
    assert.equal((await dcs.showInstance({ instanceId })).instance_id, instanceId);
    assert.equal((await emulator.requestsFor(instanceId)).length, 2);
  });
}

for (const status of [400, 401, 403, 404, 405, 409, 501]) {
  test(`retry: a read is not repeated after ${status}`, async () => {
    const { instanceId, ...options } = await emulator.target();
    await emulator.arm({ instance_id: instanceId }, { kind: "status", status });
    const dcs = new DcsClient({ ...options, retry: { baseDelayMs: 1, maxDelayMs: 1 } });
    await refused(dcs.showInstance({ instanceId }), "ServiceResponseError", {
      httpStatusCode: status,
    });
    assert.equal((await emulator.requestsFor(instanceId)).length, 1);
  });
}

test("retry: Retry-After is obeyed", async () => {
  const { instanceId, ...options } = await emulator.target();
  await emulator.arm({ instance_id: instanceId }, { kind: "gateway_refused", retry_after: 1 });
  const dcs = new DcsClient({ ...options, retry: { baseDelayMs: 1, maxDelayMs: 1 } });
  await dcs.showInstance({ instanceId });
  const [first, second] = await emulator.requestsFor(instanceId);
  assert.ok(second.time - first.time >= 990, `${second.time - first.time} ms`);
});

test("retry: every attempt is signed anew", async () => {
  const { instanceId, ...options } = await emulator.target();
  await emulator.arm({ instance_id: instanceId }, { kind: "gateway_refused", retry_after: 2 });
  /** @type {(string | null)[]} */
  const dates = [];
  const dcs = new DcsClient({
    ...options,
    fetch: (request) => {
      dates.push(request.headers.get("x-sdk-date"));
      return fetch(request);
    },
  });
  await dcs.showInstance({ instanceId });
  assert.equal(dates.length, 2);
  assert.notEqual(dates[0], dates[1]);
});

test("allowInsecure: plain http to another host, when it is said", async () => {
  const options = { ...valid, endpoint: "http://dcs.example.com", allowInsecure: true };
  /** @type {string[]} */
  const seen = [];
  const fake = async (/** @type {Request} */ request) => {
    seen.push(request.url);
    return respond(accepted());
  };
  await changeMasterStandbyAsync({ ...options, fetch: fake });
  assert.match(String(seen[0]), /^http:\/\/dcs\.example\.com\/v2\//);
});

for (const endpoint of ["http://localhost:1", "http://127.8.9.1:1", "http://[::1]:1"]) {
  test(`${endpoint} is loopback: plain http needs no permission`, async () => {
    await refused(changeMasterStandbyAsync({ ...valid, endpoint }), "ConnectionError");
  });
}
