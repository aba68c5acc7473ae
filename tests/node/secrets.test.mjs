// @ts-check
// The secret is nowhere: not in errors, events, what inspect and JSON show, nor in the memory of the wasm module once
// its holder is freed. Every key of these tests has the marker as its secret.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inspect } from "node:util";
import { spyOnMemory } from "./support/memory.mjs";

// Before the package is loaded.
const memory = spyOnMemory();
const { Credential, DcsClient, changeMasterStandbyAsync, signRequest, signedFetch } =
  await import("huaweicloud-dcs");
const emulator = await import("./support/emulator.mjs");
const { SECRET } = emulator;

/** Everything that a person could be shown of a value. @param {any} value @returns {string} */
function shown(value) {
  const seen = [String(value), inspect(value, { depth: 20, showHidden: true, getters: true })];
  try {
    seen.push(JSON.stringify(value) ?? "");
  } catch {
    // Circular: inspect has shown it.
  }
  for (let object = value; object instanceof Object; object = Object.getPrototypeOf(object)) {
    for (const name of Reflect.ownKeys(object)) {
      try {
        seen.push(String(name), String(object[name]));
      } catch {
        // A getter of the prototype, without its object.
      }
    }
    if (object instanceof Error) seen.push(String(object.stack), shown(object.cause));
  }
  return seen.join("\n");
}

/** @param {unknown} value @param {string} what */
function holdsNoSecret(value, what) {
  const text = shown(value);
  for (const secret of [SECRET, "TOKEN-MARKER"]) {
    // Without the text itself: it would be printed.
    assert.ok(!text.includes(secret), `a secret is shown by ${what}`);
    assert.ok(!text.includes(Buffer.from(secret).toString("hex")), `${what} in hex`);
    assert.ok(!text.includes(Buffer.from(secret).toString("base64")), `${what} in base64`);
  }
}

test("the search would find it", () => {
  assert.throws(() => holdsNoSecret(new Error(SECRET), "an error"));
  assert.throws(() => holdsNoSecret({ deep: { er: [SECRET] } }, "an object"));
  assert.throws(() => holdsNoSecret(new Error("x", { cause: { SECRET } }), "a cause"));
});

describe("in what calls give, throw and tell", () => {
  const faults = /** @type {any[]} */ ([
    { kind: "none" },
    { kind: "drop_before" },
    { kind: "drop_after" },
    { kind: "malformed_body" },
    { kind: "html" },
    { kind: "redirect", location: "http://127.0.0.1:9/" },
    { kind: "gateway_refused" },
    { kind: "delay", ms: 60_000 },
    ...[400, 401, 403, 404, 429, 500, 503].map((status) => ({ kind: "status", status })),
    { kind: "job_fail" },
  ]);
  const kinds = /** @type {Record<string, () => Promise<any>>} */ ({
    key: () => emulator.newKey(),
    "temporary key": () => emulator.newKey({ securityToken: "TOKEN-MARKER-4f0c" }),
    provider: async () => {
      const key = await emulator.newKey({ securityToken: "TOKEN-MARKER-4f0c" });
      return async () => key;
    },
    credential: async () => new Credential(await emulator.newKey()),
    "wrong secret": async () => ({ ak: emulator.newAccessKeyId(), sk: SECRET }),
  });
  for (const [kind, make] of Object.entries(kinds)) {
    test(`${kind}: ${faults.length} answers`, async () => {
      for (const fault of faults) {
        const { credentials: _, ...options } = await emulator.target();
        const { instanceId } = options;
        if (fault.kind !== "none") {
          const match = { operation: "ChangeMasterStandbyAsync", instance_id: instanceId };
          await emulator.arm(match, fault);
        }
        const dcs = new DcsClient({
          ...options,
          credentials: await make(),
          timeoutMs: 300,
          retry: { baseDelayMs: 1, maxDelayMs: 1 },
          onEvent: (event) => holdsNoSecret(event, `an event after ${fault.kind}`),
        });
        holdsNoSecret(dcs, "a client");
        const times = { verifyTimeoutMs: 50, intervalMs: 50 };
        for (const call of [
          () => dcs.changeMasterStandbyAsync({ instanceId }),
          () => dcs.showInstance({ instanceId }),
          () => dcs.switchover({ instanceId, ...times }),
        ]) {
          const ended = await call().catch((/** @type {any} */ error) => error);
          holdsNoSecret(ended, `${call} after ${fault.kind}`);
        }
        dcs.free();
        holdsNoSecret(dcs, "a freed client");
      }
    });
  }

  test("an answer that repeats the token does not bring it into an error", async () => {
    const token = `TOKEN-MARKER-${emulator.newAccessKeyId()}`;
    const options = await emulator.target();
    for (const status of [200, 403, 500]) {
      const echo = async () =>
        Response.json({ error_code: "E", error_msg: `not ${token}` }, { status });
      const call = changeMasterStandbyAsync({ ...options, credentials: { token }, fetch: echo });
      holdsNoSecret(await call.catch((error) => error), `an echo with ${status}`);
    }
  });
});

describe("in refused options", () => {
  for (const credentials of /** @type {any[]} */ ([
    { ak: "", sk: SECRET },
    { sk: SECRET },
    { ak: "A", sk: `${SECRET}\n` },
    { ak: "A", sk: `${SECRET}\0` },
    { ak: "A\n", sk: SECRET },
    { ak: "A", sk: { [SECRET]: 1 } },
    { ak: "A", sk: SECRET, token: "TOKEN-MARKER-x" },
    { ak: "A", sk: SECRET, expires: 1 },
    { token: "TOKEN-MARKER\r\nx" },
    `A:${SECRET}`,
    [SECRET],
  ])) {
    test(inspect(credentials, { breakLength: Infinity }).replaceAll(SECRET, "***"), async () => {
      const { credentials: _, ...options } = await emulator.target();
      const url = "https://example.com/";
      for (const [what, call] of /** @type {[string, () => any][]} */ ([
        ["a call", () => changeMasterStandbyAsync({ ...options, credentials })],
        ["a client", () => new DcsClient({ ...options, credentials })],
        ["Credential", () => new Credential(credentials)],
        ["signRequest", () => signRequest({ method: "GET", url, credentials })],
        ["signedFetch", () => signedFetch(credentials)(url)],
        [
          "a provider",
          () => changeMasterStandbyAsync({ ...options, credentials: () => credentials }),
        ],
      ])) {
        /** @type {any} */
        let error;
        try {
          await call();
        } catch (thrown) {
          error = thrown;
        }
        assert.ok(error instanceof Error, `${what} refuses`);
        holdsNoSecret(error, what);
      }
    });
  }
});

test("in a Credential, however it is shown", () => {
  const credential = new Credential({ ak: "A", sk: SECRET, securityToken: "TOKEN-MARKER-x" });
  holdsNoSecret(credential, "a Credential");
  assert.equal(JSON.stringify(credential), '{"ak":"A"}');
  holdsNoSecret({ ...credential }, "its members");
  credential.free();
  holdsNoSecret(credential, "a freed Credential");
});

test("in what signRequest gives", () => {
  const credentials = { ak: "A", sk: SECRET };
  holdsNoSecret(signRequest({ method: "GET", url: "https://example.com/", credentials }), "it");
});

describe("in the memory of the wasm module", () => {
  /** A key whose secret no other test has. */
  const newKey = (more = {}) =>
    emulator.newKey({ ...more, sk: `${SECRET}-${emulator.newAccessKeyId()}` });

  test("it is there while a Credential is held: the search would find it", () => {
    const token = "TOKEN-MARKER-in-memory";
    const held = new Credential(/** @type {any} */ ({ token }));
    assert.ok(memory.count(token) > 0);
    held.free();
    assert.equal(memory.count(token), 0);
  });

  for (const [what, use] of /** @type {[string, (key: any) => any][]} */ ([
    ["a Credential that is freed", (key) => new Credential(key).free()],
    [
      "signRequest with plain keys",
      (key) =>
        signRequest({ method: "PUT", url: "https://a.example/", body: "x", credentials: key }),
    ],
    [
      "a Credential that signed",
      (key) => {
        const credential = new Credential(key);
        for (const algorithm of /** @type {const} */ ([
          "SDK-HMAC-SHA256",
          "SDK-HMAC-SM3",
          "V11-HMAC-SHA256",
        ])) {
          const scope = algorithm === "V11-HMAC-SHA256" ? { region: "r", service: "s" } : {};
          signRequest({
            method: "GET",
            url: "https://a.example/",
            algorithm,
            ...scope,
            credentials: credential,
          });
        }
        credential.free();
      },
    ],
    [
      "a Credential that was refused",
      (key) => {
        for (const more of [
          { token: "t" },
          { securityToken: "a\nb" },
          { ak: "" },
          { unknown: 1 },
        ]) {
          assert.throws(() => new Credential({ ...key, ...more }));
        }
      },
    ],
    [
      "a client that swapped, and was freed",
      async (key) => {
        const { credentials: _, ...options } = await emulator.target();
        const dcs = new DcsClient({ ...options, credentials: key });
        await dcs.switchover({ instanceId: options.instanceId, intervalMs: 50 });
        dcs.free();
      },
    ],
    [
      "a call of its own",
      async (key) => {
        const { credentials: _, ...options } = await emulator.target();
        await changeMasterStandbyAsync({ ...options, credentials: key });
      },
    ],
    [
      "a call that failed",
      async (key) => {
        const { credentials: _, ...options } = await emulator.target();
        const wrong = { ...options, credentials: key, endpoint: "http://127.0.0.1:9" };
        await assert.rejects(changeMasterStandbyAsync(wrong));
      },
    ],
  ])) {
    test(`not after ${what}`, async () => {
      // Of this test only: the providers of others are kept until they are collected.
      const securityToken = `TOKEN-MARKER-${emulator.newAccessKeyId()}`;
      const key = await newKey({ securityToken });
      await use(key);
      // A call's own memory is given back when its promise has settled.
      await new Promise((resolve) => setTimeout(resolve, 20));
      assert.equal(memory.count(key.sk), 0, "the secret key");
      assert.equal(memory.count(securityToken), 0, "the security token");
    });
  }

  test(
    "not after a provider is let go, once it is collected",
    { skip: !globalThis.gc },
    async () => {
      const secret = await (async () => {
        const key = await newKey();
        const { credentials: _, ...options } = await emulator.target();
        await changeMasterStandbyAsync({ ...options, credentials: async () => key });
        return key.sk;
      })();
      for (let turn = 0; turn < 50 && memory.count(secret) > 0; turn++) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        globalThis.gc?.();
      }
      assert.equal(memory.count(secret), 0);
    },
  );
});
