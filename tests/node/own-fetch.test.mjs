// @ts-check
// A `fetch` of the caller's own that is like fetch, though it is not this platform's.

import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { test } from "node:test";
import { DcsClient, changeMasterStandbyAsync, signedFetch } from "huaweicloud-dcs";
import { failure, refused } from "./support/expect.mjs";

const instanceId = "00000000-0000-4000-8000-000000000001";
const options = {
  endpoint: "http://127.0.0.1:1",
  projectId: "0".repeat(32),
  credentials: { ak: "AK", sk: "SK" },
  instanceId,
};
const answer = JSON.stringify({ job_id: "4".repeat(32) });

/** @param {(input: any, init: any) => any} own */
const swap = (own) => changeMasterStandbyAsync({ ...options, fetch: /** @type {any} */ (own) });

test("one that knows only its own Request takes ours for a URL, and finds the rest in the options", async () => {
  // As undici's and node-fetch do with what is not their own.
  const accepted = await swap((input, init) => {
    const url = new URL(String(input));
    assert.match(url.pathname, /\/async-swap$/);
    assert.equal(init.method, "PUT");
    assert.match(init.headers.Authorization, /^SDK-HMAC-SHA256 /);
    assert.equal(init.redirect, "error");
    assert.ok(init.signal);
    return new Response(answer);
  });
  assert.equal(accepted.job_id, "4".repeat(32));
});

/** @type {[string, () => object][]} */
const bodies = [
  ["a stream of Node's", () => ({ body: Readable.from([Buffer.from(answer)]) })],
  [
    "an iterator of strings",
    () => ({ body: Readable.from([answer.slice(0, 5), answer.slice(5)]) }),
  ],
  [
    "arrayBuffer() alone",
    () => ({ arrayBuffer: async () => new TextEncoder().encode(answer).buffer }),
  ],
  ["text() alone", () => ({ text: async () => answer })],
];
for (const [shown, body] of bodies) {
  test(`an answer with ${shown} is read`, async () => {
    const headers = new Headers({ "x-request-id": "r-1" });
    const accepted = await swap(async () => ({ status: 200, headers, ...body() }));
    assert.equal(accepted.job_id, "4".repeat(32));
    assert.equal(accepted.requestId, "r-1");
  });
}

test("an answer in pieces of one byte is read as a whole", async () => {
  // Characters of one to four bytes, each cut.
  const text = JSON.stringify({ job_id: "4".repeat(32), more: "aé你😀".repeat(5000) });
  const bytes = new TextEncoder().encode(text);
  let at = 0;
  const body = new ReadableStream({
    pull(controller) {
      if (at === bytes.length) controller.close();
      else controller.enqueue(bytes.slice(at, (at += 1)));
    },
  });
  const accepted = await swap(async () => ({ status: 200, headers: new Headers(), body }));
  assert.deepEqual({ ...accepted }, JSON.parse(text));
});

test("an answer without end is read to a limit, and let go of", async () => {
  let read = 0;
  let released = false;
  async function* endless() {
    try {
      for (;;) {
        read += 65536;
        yield new Uint8Array(65536).fill(32);
      }
    } finally {
      released = true;
    }
  }
  await refused(
    swap(async () => ({ status: 200, headers: new Headers(), body: endless() })),
    "ResponseFormatError",
    { outcome: "unknown" },
  );
  assert.ok(read <= (1 << 20) + 65536, `${read} bytes`);
  assert.ok(released);
});

test("what is thrown may throw when it is read: the call ends, and nothing is left unhandled", async () => {
  const bad = Object.defineProperty({}, "message", {
    get() {
      throw new Error("of the caller");
    },
  });
  await refused(
    swap(() => Promise.reject(bad)),
    "ConnectionError",
    { outcome: "unknown" },
  );
  await refused(
    swap(() => {
      throw bad;
    }),
    "ConnectionError",
    { outcome: "unknown" },
  );
});

test("an answer whose `then` throws gives a ConnectionError", async () => {
  const thenable = Object.defineProperty({}, "then", {
    get() {
      throw new Error("of the caller");
    },
  });
  await refused(
    swap(() => thenable),
    "ConnectionError",
    { outcome: "unknown" },
  );
});

test("a listener whose returned value throws when it is looked at harms nothing", async () => {
  const make = (/** @type {string} */ name) =>
    Object.defineProperty({}, name, {
      get() {
        throw new Error("of the listener");
      },
    });
  const rejecting = async () => {
    throw new Error("of the listener");
  };
  for (const onEvent of [() => make("then"), () => make("catch"), rejecting]) {
    const fetch = async () => new Response(answer);
    const accepted = await changeMasterStandbyAsync({ ...options, fetch, onEvent });
    assert.ok(accepted.job_id);
  }
  await new Promise((resolve) => setTimeout(resolve, 5));
});

test("the reasons of an AggregateError are told", async () => {
  const refusedTwice = new AggregateError([
    new Error("connect ECONNREFUSED ::1:443"),
    new Error("connect ECONNREFUSED 127.0.0.1:443"),
  ]);
  const error = await failure(
    swap(() => Promise.reject(new TypeError("fetch failed", { cause: refusedTwice }))),
  );
  assert.match(error.message, /fetch failed: .*::1:443.*127\.0\.0\.1:443/);
});

test("signedFetch hands on what belongs to the platform's fetch", async () => {
  /** @type {any[]} */
  const seen = [];
  const send = signedFetch(options.credentials, {
    fetch: async (/** @type {any[]} */ ...args) => {
      seen.push(args);
      return new Response("{}");
    },
  });
  const dispatcher = { dispatch() {} };
  await send("https://h.example/a", /** @type {any} */ ({ dispatcher, proxy: "http://p:1" }));
  const [request, init] = seen[0];
  assert.equal(request.url, "https://h.example/a");
  assert.equal(init.dispatcher, dispatcher);
  assert.equal(init.proxy, "http://p:1");
  assert.equal(init.redirect, "error");
});

test("signedFetch: a header of the caller's own is found in whatever case it was written", async () => {
  /** @type {any} */
  let sent;
  const fetch = async (/** @type {Request} */ request) => {
    sent = request;
    return new Response("{}");
  };
  const projectId = "1".repeat(32);
  const headers = { "x-project-id": "2".repeat(32), "x-auth-token": "of-the-caller" };
  await signedFetch(options.credentials, { fetch, projectId })("https://h.example/", { headers });
  assert.equal(sent.headers.get("x-project-id"), "2".repeat(32));
  await signedFetch({ token: "of-the-client" }, { fetch, projectId })("https://h.example/", {
    headers,
  });
  assert.equal(sent.headers.get("x-auth-token"), "of-the-client");
});

test("more than ten calls with one signal give no warning, and leave no listener", async () => {
  /** @type {Error[]} */
  const warnings = [];
  const note = (/** @type {Error} */ warning) => warnings.push(warning);
  process.on("warning", note);
  const { signal } = new AbortController();
  let listeners = 0;
  const [add, remove] = [signal.addEventListener, signal.removeEventListener];
  signal.addEventListener = (/** @type {any[]} */ ...args) => {
    listeners += 1;
    return add.apply(signal, /** @type {any} */ (args));
  };
  signal.removeEventListener = (/** @type {any[]} */ ...args) => {
    listeners -= 1;
    return remove.apply(signal, /** @type {any} */ (args));
  };
  const dcs = new DcsClient({
    ...Object.fromEntries(Object.entries(options).filter(([name]) => name !== "instanceId")),
    fetch: async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      return Response.json({ instance_id: instanceId, status: "RUNNING" });
    },
  });
  await Promise.all(Array.from({ length: 30 }, () => dcs.showInstance({ instanceId, signal })));
  await new Promise((resolve) => setTimeout(resolve, 5));
  process.off("warning", note);
  assert.deepEqual(warnings, []);
  assert.equal(listeners, 0);
});

test("a signal without a reason, as polyfills have, gives an AbortError", async () => {
  /** @type {any} */
  const signal = {
    aborted: true,
    addEventListener() {},
    removeEventListener() {},
  };
  const error = await failure(changeMasterStandbyAsync({ ...options, signal }));
  assert.equal(error.name, "AbortError");
});
