// @ts-check
// What callers hand over is used as they mean it: options of a class, signals that are aborted from within a callback,
// providers that hang, regions of a single call, answers that write a token in another form.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import {
  Credential,
  DcsClient,
  changeMasterStandbyAsync,
  signRequest,
  signedFetch,
} from "huaweicloud-dcs";
import * as emulator from "./support/emulator.mjs";
import { failure, refused } from "./support/expect.mjs";

const ID = "00000000-0000-4000-8000-0000000000ab";
const JOB = { job_id: "0123456789abcdef0123456789abcdef" };
const KEY = { ak: "AK", sk: "SK" };
const options = {
  region: "cn-north-4",
  projectId: "0123456789abcdef0123456789abcdef",
  credentials: KEY,
};
const json = (/** @type {unknown} */ body, status = 200) =>
  new Response(JSON.stringify(body), { status });

/** @type {unknown[]} */
let unhandled = [];
const note = (/** @type {unknown} */ reason) => void unhandled.push(reason);
before(() => void process.on("unhandledRejection", note));
after(() => void process.off("unhandledRejection", note));
beforeEach(() => void (unhandled = []));
afterEach(async () => {
  await sleep(20);
  assert.deepEqual(unhandled, []);
});

describe("a signal that is aborted within", () => {
  /** @type {[string, (abort: () => void) => object, number][]} */
  const places = [
    [
      "onEvent",
      (abort) => ({ onEvent: (/** @type {any} */ e) => e.type === "attempt" && abort() }),
      0,
    ],
    [
      "fetch",
      (abort) => ({
        fetch: async () => {
          abort();
          throw new TypeError("reset");
        },
      }),
      1,
    ],
    [
      "the provider",
      (abort) => ({
        credentials: async () => {
          abort();
          throw new Error("none");
        },
      }),
      0,
    ],
    [
      "the signer",
      (abort) => ({
        credentials: undefined,
        signer: async () => {
          abort();
          throw new Error("none");
        },
      }),
      0,
    ],
  ];
  for (const [place, more, sent] of places) {
    test(`${place} ends the call alone; what has not left is not sent`, async () => {
      const controller = new AbortController();
      let fetched = 0;
      const fetch = async () => {
        fetched += 1;
        return json(JOB);
      };
      const given = more(() => controller.abort());
      /** @type {any[]} */
      const events = [];
      const call = changeMasterStandbyAsync(
        /** @type {any} */ ({
          ...options,
          instanceId: ID,
          fetch,
          signal: controller.signal,
          ...given,
          onEvent: (/** @type {any} */ event) => {
            events.push(event);
            /** @type {any} */ (given).onEvent?.(event);
          },
        }),
      );
      await assert.rejects(call, { name: "AbortError" });
      const [aborted] = events.filter(({ type }) => type === "aborted");
      assert.equal(aborted.outcome, sent ? "unknown" : "not_sent");
      assert.equal(fetched, 0);
    });
  }
});

test("a signal, a timer or a clock that throws does not hold a call for ever", async () => {
  const throws = () => {
    throw new Error("no");
  };
  const signal = /** @type {any} */ ({
    aborted: false,
    addEventListener: throws,
    removeEventListener: throws,
  });
  const call = { ...options, instanceId: ID, fetch: async () => json(JOB) };
  assert.ok((await changeMasterStandbyAsync({ ...call, signal })).job_id);
  const { performance } = globalThis;
  try {
    for (const other of [{}, { now: throws }]) {
      Object.defineProperty(globalThis, "performance", { value: other, configurable: true });
      assert.ok((await changeMasterStandbyAsync(call)).job_id);
    }
  } finally {
    Object.defineProperty(globalThis, "performance", { value: performance, configurable: true });
  }
  const { setTimeout } = globalThis;
  try {
    globalThis.setTimeout = /** @type {any} */ (throws);
    await refused(changeMasterStandbyAsync(call), "ConnectionError");
  } finally {
    globalThis.setTimeout = setTimeout;
  }
});

test("what a class gives by accessors is an option", async () => {
  class Options {
    /** @param {string} id */
    constructor(id) {
      this.instanceId = id;
    }
    get expectedMaster() {
      return "another";
    }
    helper() {}
  }
  const { instanceId, ...others } = await emulator.target();
  const dcs = new DcsClient(others);
  const plan = await dcs.checkSwitchover(new Options(instanceId));
  assert.match(plan.reason, /not the expected another/);
  const { credentials, ...rest } = others;
  class Account {
    get credentials() {
      return credentials;
    }
  }
  const dcsOfClass = new DcsClient(Object.assign(new Account(), rest));
  assert.ok((await dcsOfClass.showInstance({ instanceId })).instance_id);
});

test("a provider that hangs is asked again by a later call", async () => {
  let asked = 0;
  const credentials = () => {
    asked += 1;
    return asked === 1 ? new Promise(() => {}) : Promise.resolve(KEY);
  };
  const call = { ...options, credentials, instanceId: ID, fetch: async () => json(JOB) };
  await refused(changeMasterStandbyAsync({ ...call, timeoutMs: 50 }), "CredentialsError");
  const { now } = Date;
  try {
    Date.now = () => now() + 31_000;
    assert.ok((await changeMasterStandbyAsync(call)).job_id);
  } finally {
    Date.now = now;
  }
  assert.equal(asked, 2);
});

test("an endpoint of the environment is that of the region that is called", async () => {
  const variables = {
    HUAWEICLOUD_SDK_REGION_DCS_CN_NORTH_4: "https://north.example",
    HUAWEICLOUD_SDK_REGION_DCS_CN_EAST_3: "https://east.example",
  };
  Object.assign(process.env, variables);
  try {
    /** @type {string[]} */
    const hosts = [];
    const fetch = async (/** @type {Request} */ { url }) => {
      hosts.push(new URL(url).host);
      return json(JOB);
    };
    const { region: _, ...others } = options;
    for (const client of [{ region: "cn-north-4" }, {}, { region: "cn-east-3", server: null }]) {
      const dcs = new DcsClient(/** @type {any} */ ({ ...others, ...client, fetch }));
      for (const region of ["cn-east-3", "cn-north-4", "cn-south-1"])
        await dcs.changeMasterStandbyAsync({ instanceId: ID, region });
    }
    const each = ["east.example", "north.example", "dcs.cn-south-1.myhuaweicloud.com"];
    assert.deepEqual(hosts, [...each, ...each, ...each]);
    hosts.length = 0;
    // What the caller gives goes before the environment.
    const given = { ...options, endpoint: "https://given.example", fetch };
    await new DcsClient(given).changeMasterStandbyAsync({ instanceId: ID, region: "cn-east-3" });
    const own = { instanceId: ID, region: "cn-east-3", endpoint: "https://own.example" };
    await new DcsClient({ ...options, fetch }).changeMasterStandbyAsync(own);
    assert.deepEqual(hosts, ["given.example", "own.example"]);
  } finally {
    for (const name of Object.keys(variables)) delete process.env[name];
  }
});

test("an answer brings a token into no error, in whichever form it is written", async () => {
  const token = "MIIDk/tOkEn+=abcdefgh";
  const forms = [
    JSON.stringify(token),
    JSON.stringify(token).replaceAll("/", "\\/"),
    JSON.stringify(token).replaceAll("=", "\\u003d").replaceAll("+", "\\u002B"),
  ].map((text) => `{"error_code":"DCS.4000","error_msg":${text}}`);
  for (const body of [...forms, `<p>${encodeURIComponent(token)}</p>`]) {
    const headers = { "x-request-id": token };
    const error = await failure(
      changeMasterStandbyAsync({
        ...options,
        credentials: { token },
        instanceId: ID,
        fetch: async () => new Response(body, { status: 400, headers }),
      }),
    );
    const told = JSON.stringify([error.message, error.stack, { ...error }]);
    for (const form of [token, token.replace("/", "\\\\/"), encodeURIComponent(token)])
      assert.ok(!told.includes(form), `${body}: ${told}`);
  }
});

test("an offset that is none is refused, and is no empty list", async () => {
  for (const offset of [NaN, "abc", {}, Infinity, Symbol("x")]) {
    const dcs = new DcsClient({ ...options, fetch: async () => assert.fail("nothing is sent") });
    const all = dcs.iterateInstances(/** @type {any} */ ({ offset }));
    await refused(all.next(), "InvalidArgumentError", { field: "offset" });
  }
});

test("keys beside the options are told where they belong", () => {
  for (const name of ["ak", "sk", "token", "securityToken"]) {
    const given = /** @type {any} */ ({ region: "cn-north-4", credentials: KEY, [name]: "x" });
    return refused(new DcsClient(given).listInstances(), "InvalidArgumentError", {
      field: name,
      message: new RegExp(`^${name} belongs into credentials$`),
    });
  }
});

test("a Credential that was freed says nothing, and throws nothing when it is shown", () => {
  const credential = new Credential(KEY);
  credential.free();
  assert.deepEqual([credential.ak, JSON.stringify(credential)], ["", '{"ak":""}']);
});

describe("signedFetch", () => {
  /** @type {import("node:http").Server} */
  let server;
  let url = "";
  before(async () => {
    server = createServer((request, response) => {
      if (request.url === "/hang") return;
      const at = request.rawHeaders.indexOf("x-meta");
      const bytes = Buffer.from(request.rawHeaders[at + 1] ?? "", "latin1");
      response.end(JSON.stringify({ meta: bytes.toString("hex"), headers: request.headers }));
    });
    await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(null)));
    const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
    url = `http://127.0.0.1:${port}/`;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  test("sends a header of UTF-8 as the bytes that fetch sends, and signs them", async () => {
    const value = Buffer.from("é😀").toString("latin1");
    const headers = { "x-meta": value };
    const plain = await (await fetch(url, { headers })).json();
    const signed = await (await signedFetch(KEY)(url, { headers })).json();
    assert.equal(signed.meta, plain.meta);
    const date = signed.headers["x-sdk-date"];
    const again = signRequest({
      method: "GET",
      url,
      headers: { "x-meta": "é😀" },
      date,
      credentials: KEY,
    });
    const signature = (/** @type {string} */ text) => /Signature=(\w+)/.exec(text)?.[1];
    const names = (/** @type {string} */ text) => /SignedHeaders=([^,]+)/.exec(text)?.[1];
    const { authorization } = signed.headers;
    assert.equal(names(authorization), names(again.headers["Authorization"] ?? ""));
    assert.equal(signature(authorization), signature(again.headers["Authorization"] ?? ""));
    const latin1 = signedFetch(KEY)(url, { headers: { "x-meta": "é" } });
    await refused(latin1, "InvalidArgumentError", { field: "headers.x-meta" });
  });

  test("heeds the caller's signal before it sends, and after a collection of garbage", async () => {
    const timeout = () => ({ signal: AbortSignal.timeout(100) });
    const hangs = signedFetch(() => new Promise(() => {}));
    await assert.rejects(hangs(url, timeout()), { name: "TimeoutError" });
    const body = new Request(url, {
      method: "POST",
      body: new ReadableStream({}),
      ...{ duplex: "half" },
      ...timeout(),
    });
    await assert.rejects(signedFetch(KEY)(body), { name: "TimeoutError" });
    const pending = signedFetch(KEY)(`${url}hang`, { signal: AbortSignal.timeout(1000) });
    const settled = failure(pending).then(({ name }) => name);
    for (let round = 0; round < 30; round += 1) {
      await sleep(10);
      Array.from({ length: 20_000 }, () => ({ garbage: new Uint8Array(8) }));
    }
    assert.equal(await Promise.race([settled, sleep(3000)]), "TimeoutError");
  });
});
