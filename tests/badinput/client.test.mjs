// @ts-check
// The client: every method with every hurting value, as its argument and in each of its options.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import * as dcs from "huaweicloud-dcs";
import { job, service } from "../support/responses.mjs";
import * as support from "./support.mjs";
import { hurting, withAccessors } from "./values.mjs";

const { client, goodService, instanceId, key, projectId, tryAll } = support;
const absent = ["undefined", "null"];
/** Objects without options of their own: no options. */
const blank = [
  "an empty object",
  "an object without a prototype",
  "an object whose conversion throws",
  "a polluted prototype",
  "an empty list",
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
const dcsClient = /** @type {any} */ (new dcs.DcsClient(client));

after(() => console.log(`${support.tried} values tried`));

/** @param {string} name */
const make = (name) => hurting[name]?.();

/** @param {AsyncGenerator<unknown>} generator */
async function all(generator) {
  const items = [];
  for await (const item of generator) items.push(item);
  return items;
}

/**
 * Each method with good options, as a function of what replaces or joins them.
 * @type {Record<string, (options: any) => unknown>}
 */
const methods = {
  changeMasterStandby: (options) => dcsClient.changeMasterStandby(options),
  changeMasterStandbyAsync: (options) => dcsClient.changeMasterStandbyAsync(options),
  showJobInfo: (options) => dcsClient.showJobInfo(options),
  showInstance: (options) => dcsClient.showInstance(options),
  listInstances: (options) => dcsClient.listInstances(options),
  iterateInstances: (options) => all(dcsClient.iterateInstances(options)),
  listGroupReplicationInfo: (options) => dcsClient.listGroupReplicationInfo(options),
  followJob: (options) => all(dcsClient.followJob(projectId, options)),
  switchover: (options) => dcsClient.switchover(options),
  "the function changeMasterStandbyAsync": (options) => dcs.changeMasterStandbyAsync(options),
};

const optional = ["listInstances", "iterateInstances", "followJob"];
for (const [name, call] of Object.entries(methods)) {
  const none = blank.filter((name) => !withAccessors.includes(name));
  const allowed = optional.includes(name) ? [...absent, ...none] : [];
  test(`${name}: its options`, () => tryAll(name, call, { allowed }));
}

test("DcsClient: its options, at the latest when they are used", () =>
  tryAll("options", (value) => new dcs.DcsClient(value).showInstance({ instanceId })));

test("switchoverAll: its options, with each entry where they are not refused at once", () =>
  tryAll("options", async (value) => {
    const [entry] = await new dcs.DcsClient().switchoverAll([instanceId], value);
    if (entry?.state === "rejected") throw entry.error;
  }));

test("followJob: the id", () => tryAll("jobId", (value) => all(dcsClient.followJob(value))));

test("switchoverAll: the list", () =>
  tryAll("instanceIds", (value) => dcsClient.switchoverAll(value), {
    allowed: ["an empty list", "a list of lists"],
  }));

test("switchoverAll: an id in the list is refused in its entry", async () => {
  for (const [name, make] of Object.entries(hurting)) {
    const [entry] = await dcsClient.switchoverAll([make()]);
    assert.equal(entry.state, "rejected", name);
    assert.ok(entry.error instanceof dcs.InvalidArgumentError, name);
    support.stillSigns();
  }
});

for (const [method, field] of /** @type {[string, string][]} */ ([
  ["changeMasterStandby", "instanceId"],
  ["changeMasterStandbyAsync", "instanceId"],
  ["showJobInfo", "jobId"],
  ["showInstance", "instanceId"],
  ["listGroupReplicationInfo", "instanceId"],
  ["switchover", "instanceId"],
])) {
  test(`${method}: ${field}`, () =>
    tryAll(field, (value) => dcsClient[method]({ [field]: value })));
}

const texts = Object.keys(hurting).filter((name) => typeof make(name) === "string");

/** Options of every call, with what is allowed beside undefined and null. */
const fields = {
  endpoint: [],
  iamEndpoint: [],
  projectId: [],
  via: [],
  algorithm: [],
  timeoutMs: [],
  retry: ["true", "false", ...blank.filter((name) => name !== "an empty list")],
  onEvent: [
    "a function",
    "a function that throws",
    "an async function that rejects",
    "a class",
    "a function proxy that throws",
  ],
  clockOffsetMs: ["a negative zero"],
  allowInsecure: ["true", "false"],
};
for (const [field, more] of Object.entries(fields)) {
  test(`a call: ${field}`, () =>
    tryAll(
      field,
      (value) =>
        dcs.changeMasterStandbyAsync(
          /** @type {any} */ ({ ...client, instanceId, [field]: value }),
        ),
      { allowed: [...absent, ...more] },
    ));
}

test("a call: region", () =>
  tryAll("region", (region) => dcs.changeMasterStandbyAsync({ ...client, instanceId, region })));

for (const field of ["maxAttempts", "maxElapsedMs", "baseDelayMs", "maxDelayMs"]) {
  const allowed = field === "maxAttempts" ? absent : [...absent, "a negative zero"];
  test(`a call: retry.${field}`, () =>
    tryAll(field, (value) => dcsClient.listInstances({ retry: { [field]: value } }), { allowed }));
}

for (const field of [
  "instanceId",
  "name",
  "nameEqual",
  "status",
  "ip",
  "tags",
  "capacity",
  "includeFailure",
  "includeDelete",
  "offset",
  "limit",
]) {
  const allowed = ["nameEqual", "includeFailure", "includeDelete"].includes(field)
    ? [...absent, "true", "false"]
    : field === "offset"
      ? [...absent, "a negative zero"]
      : absent;
  test(`listInstances: ${field}`, () =>
    tryAll(field, (value) => dcsClient.listInstances({ [field]: value }), { allowed }));
}

for (const field of ["intervalMs", "followTimeoutMs", "verifyTimeoutMs"]) {
  test(`switchover: ${field}`, () =>
    tryAll(field, (value) => dcsClient.switchover({ instanceId, [field]: value })));
}
test("switchoverAll: signal is refused with each entry", async () => {
  for (const [name, make] of Object.entries(hurting)) {
    const signal = make();
    if (signal == null || name === "an aborted signal") continue;
    const [entry] = await dcsClient.switchoverAll([instanceId], { signal });
    assert.ok(entry.error instanceof dcs.InvalidArgumentError, name);
  }
});

for (const field of ["concurrency", "stopOnFailure"]) {
  const allowed = field === "concurrency" ? ["undefined"] : ["undefined", "true", "false"];
  test(`switchoverAll: ${field}`, () =>
    tryAll(field, (value) => dcsClient.switchoverAll([], { [field]: value }), { allowed }));
}

test("a call: credentials", () =>
  tryAll("credentials", (credentials) =>
    dcs.changeMasterStandbyAsync({ ...client, instanceId, credentials }),
  ));

for (const [field, allowed] of Object.entries({
  ak: [],
  sk: [],
  securityToken: [...absent, "an empty string"],
  token: absent,
  expiresAt: [...absent, "a negative zero", "a fraction"],
  // Its form is not looked at where the call gives one.
  projectId: [...absent, ...texts.filter((name) => !["an empty string", "a NUL"].includes(name))],
})) {
  test(`a call: credentials.${field}`, () =>
    tryAll(
      field,
      (value) =>
        dcs.changeMasterStandbyAsync({
          ...client,
          instanceId,
          credentials: { ...key, [field]: value },
        }),
      { allowed },
    ));
}

test("a call: what a provider gives", () =>
  tryAll("provider", (value) =>
    dcs.changeMasterStandbyAsync({
      ...client,
      instanceId,
      credentials: () => value,
      timeoutMs: 50,
    }),
  ));

const { credentials: _, ...unsigned } = client;
test("a call: signer", () =>
  tryAll("signer", (signer) => dcs.changeMasterStandbyAsync({ ...unsigned, instanceId, signer })));

test("a call: what a signer gives", () =>
  tryAll("signed", (value) =>
    dcs.changeMasterStandbyAsync({ ...unsigned, instanceId, signer: () => value, timeoutMs: 50 }),
  ));

test("a call: fetch", () =>
  tryAll("fetch", (fetch) =>
    dcs.changeMasterStandbyAsync({ ...client, endpoint: "http://127.0.0.1:9", instanceId, fetch }),
  ));

test("a call: what fetch gives", () =>
  tryAll("response", (value) =>
    dcs.changeMasterStandbyAsync({ ...client, instanceId, fetch: () => value, timeoutMs: 50 }),
  ));

test("a call: what the body of an answer gives", () =>
  tryAll("chunk", (value) => {
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(value);
        controller.close();
      },
    });
    const response = { status: 200, ok: true, headers: new Headers(), body };
    const fetch = /** @type {any} */ (async () => response);
    return dcs.changeMasterStandbyAsync({ ...client, instanceId, fetch, timeoutMs: 200 });
  }));

test("a call: signal", () =>
  tryAll("signal", (signal) => dcs.changeMasterStandbyAsync({ ...client, instanceId, signal }), {
    allowed: absent,
    passesOn: ["an aborted signal"],
  }));

test("a freed client refuses every call", async () => {
  const freed = /** @type {any} */ (new dcs.DcsClient(client));
  freed.free();
  freed.free();
  for (const method of Object.keys(methods).filter((name) => name in freed)) {
    const call = async () => {
      const made = freed[method](
        method === "followJob" ? projectId : { instanceId, jobId: projectId },
      );
      return await (made.next ? made.next() : made);
    };
    if (method !== "switchoverAll") await assert.rejects(call, dcs.DcsError, method);
    support.stillSigns();
  }
});

test("a client freed in the middle of a call, and of a loop", async () => {
  const mid = new dcs.DcsClient({
    ...client,
    fetch: async (request) => {
      mid.free();
      return goodService(request);
    },
  });
  const answer = await mid.changeMasterStandbyAsync({ instanceId });
  assert.equal(answer.job_id, projectId, "what is under way ends well");
  await assert.rejects(mid.showInstance({ instanceId }), dcs.DcsError);
  const running = service({ ShowJobInfo: job("RUNNING", { job_id: projectId }) });
  const loop = new dcs.DcsClient({ ...client, fetch: running });
  const states = loop.followJob(projectId, { intervalMs: 50 });
  assert.equal((await states.next()).value?.status, "RUNNING");
  loop.free();
  await states.return();
  await support.stillCalls();
});

test("a polluted Object.prototype changes no call and sends no secret elsewhere", async () => {
  /** @type {string[]} */
  const sent = [];
  const fetch = (/** @type {Request} */ request) => {
    sent.push(request.url);
    return goodService(request);
  };
  const pollution = {
    via: "https://evil.example",
    endpoint: "https://evil.example",
    allowInsecure: true,
    algorithm: "none",
    signer: () => ({ Authorization: "evil" }),
    polluted: "yes",
  };
  for (const [name, value] of Object.entries(pollution)) {
    Object.defineProperty(Object.prototype, name, {
      value,
      configurable: true,
      enumerable: true,
      writable: true,
    });
    try {
      await dcs.changeMasterStandbyAsync({ ...client, fetch, instanceId });
    } catch (error) {
      assert.ok(error instanceof dcs.DcsError, `${name}: ${error}`);
    } finally {
      delete (/** @type {any} */ (Object.prototype)[name]);
    }
    support.stillSigns();
  }
  for (const url of sent) assert.match(url, /^https:\/\/dcs\.cn-north-4\.myhuaweicloud\.com\//);
});

test("the error classes can be made with anything, or throw as Error does", () => {
  const classes = Object.entries(dcs).filter(([name]) => name.endsWith("Error"));
  assert.equal(classes.length, 8);
  for (const [, Class] of classes) {
    for (const make of Object.values(hurting)) {
      try {
        const made = new /** @type {any} */ (Class)(make());
        assert.ok(made instanceof dcs.DcsError);
      } catch {
        // As `new Error(value)` of the same value.
      }
    }
    // instanceof must not throw, whatever is asked.
    for (const [name, make] of Object.entries(hurting)) {
      const value = make();
      if (name.includes("proxy")) continue;
      assert.equal(/** @type {any} */ (value) instanceof /** @type {any} */ (Class), false, name);
    }
  }
  support.stillSigns();
});
