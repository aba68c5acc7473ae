// @ts-check
// What the handler answers and refuses, request by request.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { after, before, describe, test } from "node:test";
import { createDcsHandler } from "huaweicloud-dcs/server";
import * as emulator from "../node/support/emulator.mjs";
import { allowAll, asking, key, newKey, puts, serve, swapOf } from "./support/back-end.mjs";

const { projectId, region } = emulator;

/** @param {Partial<import("huaweicloud-dcs/server").DcsHandlerOptions>} options */
const handlerOf = (options) =>
  asking(createDcsHandler({ ...allowAll, ...options }), "http://back.end");

/** @type {Awaited<ReturnType<typeof serve>>} */
let back;
before(async () => void (back = await serve()));
after(() => back.close());

describe("making it", () => {
  const { authorize: _, ...open } = allowAll;
  /** @type {[string, any, RegExp][]} */
  const wrong = [
    ["nothing", undefined, /options must be an object/],
    ["no authorize", open, /authorize is missing.*nothing is allowed/],
    [
      "an authorize that is no function",
      { ...open, authorize: true },
      /authorize must be a function/,
    ],
    ["an option it does not know", { ...allowAll, authorise: 1 }, /authorise is no option/],
    ["no regions", { ...allowAll, regions: [] }, /regions is missing/],
    ["a region that is none", { ...allowAll, regions: ["v2"] }, /"v2" is no id of a region/],
    ["a region twice", { ...allowAll, regions: [region, region] }, /regions has an id twice/],
    ["a path that ends with a slash", { ...allowAll, basePath: "/dcs/" }, /basePath/],
    ["a path with dots", { ...allowAll, basePath: "/a/../b" }, /basePath/],
    [
      "one project for two regions",
      { ...allowAll, regions: [region, "cn-east-3"] },
      /projectId differs/,
    ],
    [
      "a project of another region",
      { ...allowAll, projectId: { "cn-east-3": "x" } },
      /cn-east-3 is not among regions/,
    ],
    [
      "an origin with a path",
      { ...allowAll, origins: ["https://a.b/c"] },
      /origins must be a list/,
    ],
    [
      "a store without set",
      { ...allowAll, idempotency: { get() {} } },
      /idempotency must be a store/,
    ],
    ["a pause below zero", { ...allowAll, swapPauseMs: -1 }, /swapPauseMs/],
    ["what the client refuses", { ...allowAll, projectId: "nine" }, /projectId must be 32/],
  ];
  for (const [what, options, message] of wrong) {
    test(`is refused with ${what}`, () => {
      assert.throws(() => createDcsHandler(options), { message });
    });
  }

  test("takes no authorize from a polluted prototype", () => {
    /** @type {any} */ (Object.prototype).authorize = () => ({ user: "mallory" });
    try {
      assert.throws(() => createDcsHandler(/** @type {any} */ (open)), /authorize is missing/);
    } finally {
      delete (/** @type {any} */ (Object.prototype).authorize);
    }
  });
});

test("it is the same from CommonJS", async () => {
  const required = createRequire(import.meta.url)("huaweicloud-dcs/server");
  assert.deepEqual(Object.keys(required).sort(), [
    "createDcsHandler",
    "fileAudit",
    "toNodeListener",
  ]);
  const ask = asking(required.createDcsHandler(allowAll), "http://back.end");
  assert.equal((await ask("GET /v2/-/instances")).status, 200);
});

describe("an answer is the service's own", () => {
  test("of every operation", async () => {
    const instanceId = await emulator.newInstance();
    const swapped = await back.ask(swapOf(instanceId), { headers: newKey() });
    assert.equal(swapped.status, 200);
    assert.deepEqual(Object.keys(swapped.json), ["job_id"]);
    assert.ok(swapped.headers.get("x-request-id"));
    const job = await back.ask(`GET /v2/-/jobs/${swapped.json.job_id}`);
    assert.equal(job.json.job_type, "masterStandbySwapJob");
    const instance = await back.ask(`GET /v2/${projectId}/instances/${instanceId}`);
    assert.equal(instance.json.instance_id, instanceId);
    const groups = await back.ask(`GET /${region}/v2/-/instance/${instanceId}/groups`);
    assert.equal(groups.json.group_list[0].replication_list.length, 2);
    const list = await back.ask(
      `GET /v2/-/instances?instance_id=${instanceId}&limit=1&include_failure=true`,
    );
    assert.deepEqual(
      list.json.instances.map((/** @type {any} */ one) => one.instance_id),
      [instanceId],
    );
    const tasks = await back.ask(`GET /v2/-/instances/${instanceId}/tasks?limit=5`);
    assert.equal(tasks.json.tasks[0].name, "masterStandbySwapJob");
    const other = await emulator.newInstance();
    const empty = await back.ask(`POST /v2/-/instances/${other}/swap`, { headers: newKey() });
    assert.deepEqual([empty.status, empty.text], [204, ""]);
    assert.deepEqual([await puts(instanceId), await puts(other)], [1, 1]);
  });

  test("of an error: status, body, request id, Retry-After", async () => {
    const instanceId = await emulator.newInstance();
    await emulator.arm(
      { instance_id: instanceId },
      { kind: "status", status: 503, error_code: "DCS.9999", error_msg: "later", retry_after: 7 },
    );
    const { status, json, headers } = await back.ask(`GET /v2/-/instances/${instanceId}`);
    assert.deepEqual([status, json.error_code, json.error_msg], [503, "DCS.9999", "later"]);
    assert.equal(headers.get("retry-after"), "7");
    assert.ok(headers.get("x-request-id"));
    // One request is one request: the page repeats, not the back end.
    assert.equal((await emulator.requestsFor(instanceId)).length, 1);
  });

  test("of a swap that the service refuses", async () => {
    const instanceId = await emulator.newInstance({ status: "ERROR" });
    const { status, json } = await back.ask(swapOf(instanceId), { headers: newKey() });
    assert.equal(status, 400);
    assert.match(json.error_code, /^DCS\./);
  });

  test("and is no page of a browser, and is kept by none", async () => {
    const instanceId = await emulator.newInstance();
    await emulator.arm({ instance_id: instanceId }, { kind: "html" });
    const { headers } = await back.ask(`GET /v2/-/instances/${instanceId}`);
    assert.equal(headers.get("content-type"), "text/plain; charset=utf-8");
    assert.equal(headers.get("cache-control"), "no-store");
    assert.equal(headers.get("x-content-type-options"), "nosniff");
    assert.equal(headers.get("access-control-allow-origin"), null);
  });

  test("without what identifies the key, also where the service repeats it", async () => {
    const token = await emulator.newToken();
    const ask = handlerOf({ credentials: { token } });
    const instanceId = await emulator.newInstance();
    await emulator.arm(
      { instance_id: instanceId },
      {
        kind: "status",
        status: 401,
        error_code: "APIGW.0301",
        error_msg: `no such token ${token}`,
      },
    );
    const { text } = await ask(`GET /v2/-/instances/${instanceId}`);
    assert.match(text, /no such token \*\*\*/);
    await emulator.arm(
      { access_key: key.ak },
      { kind: "status", status: 401, error_code: "APIGW.0301", error_msg: `${key.ak} is locked` },
    );
    assert.match((await back.ask("GET /v2/-/instances")).text, /\*\*\* is locked/);
  });
});

describe("what a page may know", () => {
  test("is regions, project, user, and what they may do", async () => {
    const { status, json } = await back.ask("GET /config");
    assert.equal(status, 200);
    const { operations, ...rest } = json;
    assert.deepEqual(rest, { regions: [region], projectId, user: "li.lei", readOnly: false });
    assert.ok(
      operations.includes("changeMasterStandbyAsync") && operations.includes("listInstances"),
    );
  });

  test("of a user who may only look", async () => {
    const ask = handlerOf({ authorize: ({ effect }) => effect === "read" && { user: "han" } });
    const { json } = await ask("GET /config");
    assert.equal(json.readOnly, true);
    assert.ok(!json.operations.some((/** @type {string} */ name) => name.startsWith("change")));
  });

  test("is nothing where nothing is allowed", async () => {
    const { status, json } = await handlerOf({ authorize: () => false })("GET /config");
    assert.deepEqual([status, json.error_code], [403, "PROXY_FORBIDDEN"]);
  });

  test("is told without a project that is not known yet", async () => {
    const ask = handlerOf({ projectId: undefined, iamEndpoint: emulator.url });
    assert.equal((await ask("GET /config")).json.projectId, undefined);
    assert.equal((await ask("GET /v2/-/instances")).status, 200);
    assert.equal((await ask("GET /config")).json.projectId, projectId);
    assert.equal((await ask(`GET /v2/${projectId}/instances`)).status, 200);
  });
});

describe("authorize", () => {
  test("is told what is asked, by whom, and in which context", async () => {
    /** @type {any[]} */
    const seen = [];
    const handler = createDcsHandler({
      ...allowAll,
      authorize: ({ request, ...rest }) => {
        seen.push({ ...rest, cookie: request.headers.get("cookie") });
        return { user: "li.lei" };
      },
    });
    const instanceId = await emulator.newInstance();
    const headers = { "X-Dcs-Request": "1", Cookie: "session=1" };
    const url = `http://back.end/dcs/v2/-/instances/${instanceId}`;
    await handler(new Request(url, { headers }), { own: 1 });
    assert.deepEqual(seen, [
      {
        operation: "showInstance",
        effect: "read",
        region,
        instanceId,
        cookie: "session=1",
        context: { own: 1 },
      },
    ]);
  });

  /** @type {[string, any, number, string][]} */
  const answers = [
    ["false", false, 403, "PROXY_FORBIDDEN"],
    ["nothing", undefined, 403, "PROXY_FORBIDDEN"],
    ["true without a user", true, 500, "PROXY_AUTHORIZE"],
    ["an empty user", { user: "" }, 500, "PROXY_AUTHORIZE"],
    ["a user with a line break", { user: "a\nb" }, 500, "PROXY_AUTHORIZE"],
    ["a user of its prototype", Object.create({ user: "mallory" }), 500, "PROXY_AUTHORIZE"],
  ];
  for (const [what, answer, status, code] of answers) {
    test(`that gives ${what} lets nothing through`, async () => {
      const instanceId = await emulator.newInstance();
      const refused = await handlerOf({ authorize: () => answer })(swapOf(instanceId), {
        headers: newKey(),
      });
      assert.deepEqual([refused.status, refused.json.error_code], [status, code]);
      assert.equal(refused.json.outcome, "not_sent");
      assert.equal((await emulator.requestsFor(instanceId)).length, 0);
    });
  }

  test("that throws lets nothing through, and only the back end is told why", async () => {
    /** @type {unknown[]} */
    const told = [];
    const instanceId = await emulator.newInstance();
    const { text, json } = await handlerOf({
      authorize: () => Promise.reject(new Error("the database at 10.0.0.7 is down")),
      onError: (error) => told.push(error),
    })(swapOf(instanceId), { headers: newKey() });
    assert.equal(json.error_code, "PROXY_AUTHORIZE");
    assert.match(json.error_ext_msg, /back end/);
    assert.ok(!text.includes("10.0.0.7"));
    assert.match(String(told[0]), /10\.0\.0\.7/);
    assert.equal(await puts(instanceId), 0);
  });
});

describe("refused before anybody is asked", () => {
  const instance = "00000000-0000-4000-8000-000000000001";
  /** @type {[string, string, Record<string, string>, number, string][]} */
  const refusals = [
    ["another path", "GET /v2/-/backups", {}, 404, "PROXY_NOT_FOUND"],
    ["another region", "GET /cn-east-3/v2/-/instances", {}, 404, "PROXY_NOT_FOUND"],
    ["another version", "GET /v1.0/-/instances", {}, 404, "PROXY_NOT_FOUND"],
    ["another method", `DELETE /v2/-/instances/${instance}`, {}, 405, "PROXY_METHOD"],
    ["a POST of config", "POST /config", {}, 405, "PROXY_METHOD"],
    ["an OPTIONS", `OPTIONS /v2/-/instances/${instance}`, {}, 405, "PROXY_METHOD"],
    ["another project", `GET /v2/${"f".repeat(32)}/instances`, {}, 403, "PROXY_PROJECT"],
    ["an id that is none", "GET /v2/-/instances/x", {}, 404, "PROXY_NOT_FOUND"],
    ["a parameter it does not know", "GET /v2/-/instances?__proto__=1", {}, 400, "PROXY_QUERY"],
    [
      "a query of a swap",
      `PUT /v2/-/instances/${instance}/async-swap?a=b`,
      newKey(),
      400,
      "PROXY_QUERY",
    ],
    ["a parameter twice", "GET /v2/-/instances?limit=1&limit=2", {}, 400, "PROXY_QUERY"],
    ["a number that is none", "GET /v2/-/instances?limit=1e3", {}, 400, "PROXY_QUERY"],
    [
      "a swap without a key",
      `PUT /v2/-/instances/${instance}/async-swap`,
      {},
      400,
      "PROXY_IDEMPOTENCY_KEY",
    ],
    [
      "a key that was doubled",
      `PUT /v2/-/instances/${instance}/async-swap`,
      { "Idempotency-Key": "a, b" },
      400,
      "PROXY_IDEMPOTENCY_KEY",
    ],
    ["no header of its own", "GET /config", { "X-Dcs-Request": "" }, 403, "PROXY_CROSS_SITE"],
    ["another site", "GET /config", { "Sec-Fetch-Site": "cross-site" }, 403, "PROXY_CROSS_SITE"],
    [
      "another port of its host",
      "GET /config",
      { "Sec-Fetch-Site": "same-site" },
      403,
      "PROXY_CROSS_SITE",
    ],
    ["a visit", "GET /config", { "Sec-Fetch-Site": "none" }, 403, "PROXY_CROSS_SITE"],
    ["another origin", "GET /config", { Origin: "http://evil.example" }, 403, "PROXY_CROSS_SITE"],
    ["no origin", "GET /config", { Origin: "null" }, 403, "PROXY_CROSS_SITE"],
    [
      "an origin that goes on",
      "GET /config",
      { Origin: "http://back.end/x" },
      403,
      "PROXY_CROSS_SITE",
    ],
  ];
  for (const [what, request, headers, status, code] of refusals) {
    test(what, async () => {
      let asked = 0;
      const ask = handlerOf({ authorize: () => (asked++, { user: "li.lei" }) });
      const refused = await ask(request, { headers });
      assert.deepEqual([refused.status, refused.json.error_code], [status, code]);
      assert.equal(asked, 0);
    });
  }

  test("but not its own origin, also behind a proxy that ends TLS, and others that it lists", async () => {
    const own = handlerOf({});
    for (const Origin of ["http://back.end", "https://back.end"]) {
      assert.equal((await own("GET /config", { headers: { Origin } })).status, 200);
    }
    const listed = handlerOf({ origins: ["https://ops.example.com"] });
    const headers = { Origin: "https://ops.example.com" };
    assert.equal((await listed("GET /config", { headers })).status, 200);
    assert.equal(
      (await listed("GET /config", { headers: { Origin: "http://back.end" } })).status,
      403,
    );
  });

  test("a value that the client refuses", async () => {
    const { status, json } = await back.ask("GET /v2/-/instances?limit=0");
    assert.deepEqual([status, json.error_code], [400, "PROXY_ARGUMENT"]);
    assert.match(json.error_msg, /limit/);
  });
});

describe("a body", () => {
  test("of a swap is none, or an empty object", async () => {
    for (const body of ["{}", " { } "]) {
      const instanceId = await emulator.newInstance();
      assert.equal((await back.ask(swapOf(instanceId), { headers: newKey(), body })).status, 200);
    }
    const instanceId = await emulator.newInstance();
    for (const body of ['{"instanceId":"x"}', '{"__proto__":{}}', "[]", "x"]) {
      const { status, json } = await back.ask(swapOf(instanceId), { headers: newKey(), body });
      assert.deepEqual([status, json.error_code], [400, "PROXY_BODY"]);
    }
    assert.equal(await puts(instanceId), 0);
  });

  test("that was read before, or is being read, is none", async () => {
    const handler = createDcsHandler(allowAll);
    const used = [
      (/** @type {Request} */ request) => request.text(),
      (/** @type {Request} */ request) => void request.body?.getReader(),
    ];
    for (const use of used) {
      const instanceId = await emulator.newInstance();
      const request = new Request(`http://back.end/dcs/v2/-/instances/${instanceId}/async-swap`, {
        method: "PUT",
        headers: { "X-Dcs-Request": "1", ...newKey() },
        body: "{}",
      });
      await use(request);
      assert.equal((await handler(request)).status, 200);
      assert.equal(await puts(instanceId), 1);
    }
  });

  test("over 64 KiB is refused by its length, and where it has none, at the limit", async () => {
    const ask = handlerOf({});
    const instanceId = await emulator.newInstance();
    const body = " ".repeat(65_537);
    const headers = { ...newKey(), "Content-Length": String(body.length) };
    const refused = await ask(swapOf(instanceId), { headers, body });
    assert.deepEqual([refused.status, refused.json.error_code], [413, "PROXY_BODY_TOO_LARGE"]);
    let pulled = 0;
    const endless = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(1024).fill((pulled += 1024) && 32)),
    });
    assert.equal((await ask(swapOf(instanceId), { headers: newKey(), body: endless })).status, 413);
    assert.ok(pulled <= 70_000, `${pulled} bytes were read`);
    assert.equal(await puts(instanceId), 0);
  });
});

describe("without an answer of the service", () => {
  test("a swap may have run: PROXY_CONNECTION, and unknown", async () => {
    const instanceId = await emulator.newInstance();
    await emulator.arm({ instance_id: instanceId }, { kind: "drop_after" });
    const { status, json } = await back.ask(swapOf(instanceId), { headers: newKey() });
    assert.deepEqual([status, json.error_code, json.outcome], [502, "PROXY_CONNECTION", "unknown"]);
    assert.match(json.error_ext_msg, /back end/);
    assert.equal(await puts(instanceId), 1);
  });

  test("that comes in time: PROXY_TIMEOUT", async () => {
    const instanceId = await emulator.newInstance();
    await emulator.arm({ instance_id: instanceId }, { kind: "delay", ms: 2000 });
    const ask = handlerOf({ timeoutMs: 100 });
    const { status, json } = await ask(swapOf(instanceId), { headers: newKey() });
    assert.deepEqual([status, json.error_code, json.outcome], [504, "PROXY_TIMEOUT", "unknown"]);
  });

  test("for want of credentials: nothing is sent, and only the back end is told why", async () => {
    const instanceId = await emulator.newInstance();
    /** @type {any[]} */
    const told = [];
    const { status, text, json } = await handlerOf({
      credentials: () => Promise.reject(new Error("vault sealed")),
      onError: (error) => told.push(error),
    })(swapOf(instanceId), { headers: newKey() });
    assert.deepEqual(
      [status, json.error_code, json.outcome],
      [503, "PROXY_CREDENTIALS", "not_sent"],
    );
    assert.ok(!text.includes("vault"));
    assert.match(String(told[0]?.cause), /vault sealed/);
    assert.equal(await puts(instanceId), 0);
  });

  test("that is of a length that a swap's answer may have: PROXY_ANSWER, and unknown", async () => {
    const instanceId = await emulator.newInstance();
    const body = { job_id: "x".repeat(20_000) };
    await emulator.arm({ instance_id: instanceId }, { kind: "body", body });
    const { status, json } = await back.ask(swapOf(instanceId), { headers: newKey() });
    assert.deepEqual([status, json.error_code, json.outcome], [502, "PROXY_ANSWER", "unknown"]);
  });
});

test("a page that goes away does not take a read along, nor stop a swap", async () => {
  const instanceId = await emulator.newInstance();
  await emulator.arm({ instance_id: instanceId }, { kind: "delay", ms: 200 });
  const headers = newKey();
  await assert.rejects(back.ask(swapOf(instanceId), { headers, signal: AbortSignal.timeout(50) }));
  const { status, json } = await back.ask(swapOf(instanceId), { headers });
  assert.equal(status, 200);
  assert.ok(json.job_id);
  assert.equal(await puts(instanceId), 1);
});
