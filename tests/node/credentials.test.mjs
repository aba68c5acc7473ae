// @ts-check
// Each way to prove who is calling, end to end: right, the swap runs; wrong, it does not.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Credential, DcsClient, changeMasterStandbyAsync, signRequest } from "huaweicloud-dcs";
import * as emulator from "./support/emulator.mjs";
import { refused } from "./support/expect.mjs";

const HOUR = 3_600_000;

/**
 * Each kind: what it takes to be right, and each way in which it can be wrong.
 * @type {Record<string, { authentication?: string, right: () => Promise<any>, wrong: Record<string, () => Promise<any>> }>}
 */
const kinds = {
  "an access key": {
    right: () => emulator.newKey(),
    wrong: {
      "another secret": async () => ({ ...(await emulator.newKey()), sk: "another" }),
      "an unknown key": async () => ({ ak: emulator.newAccessKeyId(), sk: emulator.SECRET }),
    },
  },
  "a temporary access key": {
    right: () => emulator.newKey({ securityToken: "token-of-the-agency" }),
    wrong: {
      "another secret": async () => ({
        ...(await emulator.newKey({ securityToken: "token-of-the-agency" })),
        sk: "another",
      }),
      "another token": async () => ({
        ...(await emulator.newKey({ securityToken: "token-of-the-agency" })),
        securityToken: "token-of-another",
      }),
      "no token": async () => {
        const { ak, sk } = await emulator.newKey({ securityToken: "token-of-the-agency" });
        return { ak, sk };
      },
      "an expired key": () => emulator.newKey({ securityToken: "old-token", expiresInMs: -1 }),
    },
  },
  "a token": {
    authentication: "token",
    right: async () => ({ token: await emulator.newToken() }),
    wrong: { "another token": async () => ({ token: "token-of-nobody" }) },
  },
  "a Credential": {
    right: async () => new Credential(await emulator.newKey()),
    wrong: {
      "another secret": async () => new Credential({ ...(await emulator.newKey()), sk: "another" }),
    },
  },
  "a provider": {
    right: async () => {
      const key = await emulator.newKey();
      return () => key;
    },
    wrong: {
      "another secret": async () => {
        const key = { ...(await emulator.newKey()), sk: "another" };
        return () => key;
      },
    },
  },
  "an asynchronous provider of temporary keys": {
    right: async () => {
      const key = await emulator.newKey({ securityToken: "token-of-the-agency" });
      return async () => ({ ...key, expiresAt: new Date(Date.now() + HOUR) });
    },
    wrong: {
      "another token": async () => {
        const key = await emulator.newKey({ securityToken: "token-of-the-agency" });
        return async () => ({ ...key, securityToken: "token-of-another" });
      },
    },
  },
  "a provider of tokens": {
    authentication: "token",
    right: async () => {
      const token = await emulator.newToken();
      return async () => ({ token });
    },
    wrong: { "another token": async () => async () => ({ token: "token-of-nobody" }) },
  },
};

for (const [kind, { authentication = "SDK-HMAC-SHA256", right, wrong }] of Object.entries(kinds)) {
  describe(kind, () => {
    test("right: the swap runs", async () => {
      const options = await emulator.target({ job_ms: 0 });
      await changeMasterStandbyAsync({ ...options, credentials: await right() });
      const [request] = await emulator.requestsFor(options.instanceId);
      assert.equal(request.authentication, authentication);
      assert.equal((await emulator.counters(options.instanceId)).swaps_run, 1);
    });
    for (const [how, credentials] of Object.entries(wrong)) {
      test(`wrong, with ${how}: it does not`, async () => {
        const options = await emulator.target({ job_ms: 0 });
        const call = changeMasterStandbyAsync({ ...options, credentials: await credentials() });
        await refused(call, "ServiceResponseError", {
          httpStatusCode: 401,
          error_code: "APIGW.0301",
          outcome: "rejected",
          retryable: false,
        });
        const { swap_requests, swaps_run } = await emulator.counters(options.instanceId);
        assert.deepEqual([swap_requests, swaps_run], [1, 0], "a 401 is never sent again");
      });
    }
  });
}

test("a Credential stays its owner's: clients use it again and again", async () => {
  const { credentials, instanceId, ...options } = await emulator.target();
  const credential = new Credential(credentials);
  for (let time = 0; time < 2; time++) {
    const dcs = new DcsClient({ ...options, credentials: credential });
    await dcs.showInstance({ instanceId });
    await dcs.showInstance({ instanceId, credentials: credential });
    dcs.free();
  }
  assert.equal(credential.ak, credentials.ak);
  credential.free();
  const dcs = () => new DcsClient({ ...options, credentials: credential });
  await refused(dcs, "InvalidArgumentError", { field: "credentials", message: /freed/ });
});

describe("a signer", () => {
  /** @param {any} key @returns {import("huaweicloud-dcs").RemoteSigner} */
  const backEnd =
    (key) =>
    async ({ method, url, headers: { Host: _, ...headers } }) =>
      signRequest({ method, url, headers, credentials: key }).headers;

  test("right: the swap runs, signed elsewhere", async () => {
    const { credentials, ...options } = await emulator.target({ job_ms: 0 });
    await changeMasterStandbyAsync({ ...options, signer: backEnd(credentials) });
    const [request] = await emulator.requestsFor(options.instanceId);
    assert.equal(request.access_key, credentials.ak);
    assert.equal((await emulator.counters(options.instanceId)).swaps_run, 1);
  });

  test("wrong: it does not", async () => {
    const { credentials, ...options } = await emulator.target();
    const signer = backEnd({ ...credentials, sk: "another" });
    await refused(changeMasterStandbyAsync({ ...options, signer }), "ServiceResponseError", {
      httpStatusCode: 401,
      outcome: "rejected",
    });
  });

  test("is given all that is needed to check and sign, and no secret", async () => {
    const { credentials, ...options } = await emulator.target();
    /** @type {any} */
    let given;
    await changeMasterStandbyAsync({
      ...options,
      signer: (request) => {
        given = request;
        return /** @type {any} */ (backEnd(credentials)(request));
      },
    });
    const path = `/v2/${emulator.projectId}/instances/${options.instanceId}/async-swap`;
    assert.deepEqual(Object.keys(given).sort(), [
      "bodySha256",
      "canonicalRequest",
      "headers",
      "method",
      "stringToSign",
      "url",
    ]);
    assert.equal(given.method, "PUT");
    assert.equal(given.url, emulator.url + path);
    assert.equal(given.headers.Host, new URL(emulator.url).host);
    assert.equal(
      given.bodySha256,
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    );
    assert.ok(given.canonicalRequest.startsWith(`PUT\n${path}/\n`));
    assert.ok(given.stringToSign.startsWith("SDK-HMAC-SHA256\n"));
  });

  for (const [shown, signer] of /** @type {[string, any][]} */ ([
    [
      "throws",
      () => {
        throw new Error("not allowed");
      },
    ],
    [
      "rejects",
      async () => {
        throw new Error("not allowed");
      },
    ],
    ["gives nothing", async () => undefined],
    ["gives no Authorization", async () => ({ "X-Sdk-Date": "20240102T030405Z" })],
    ["gives a number", async () => ({ Authorization: 7 })],
    ["gives a line break", async () => ({ Authorization: "a\r\nX-Evil: b" })],
  ])) {
    test(`one that ${shown} is a CredentialsError, and nothing is sent`, async () => {
      const { credentials: _, ...options } = await emulator.target();
      const error = await refused(
        changeMasterStandbyAsync({ ...options, signer }),
        "CredentialsError",
        { code: "CREDENTIALS", outcome: "not_sent", retryable: false },
      );
      if (/throws|rejects/.test(shown)) assert.equal(error.cause.message, "not allowed");
      assert.equal((await emulator.requestsFor(options.instanceId)).length, 0);
    });
  }

  test("needs the project id: nothing here can ask IAM for it", async () => {
    const { credentials, projectId: _, ...options } = await emulator.target();
    const signer = backEnd(credentials);
    const region = emulator.region;
    const call = changeMasterStandbyAsync({ ...options, region, signer });
    await refused(call, "InvalidArgumentError", { field: "projectId", outcome: "not_sent" });
  });
});

describe("a provider", () => {
  /** A provider of a fresh key that counts its calls. @param {any} more */
  async function counted(more = {}) {
    const key = await emulator.newKey();
    const provider = async () => {
      provider.calls += 1;
      await sleep(5);
      return { ...key, ...(typeof more === "function" ? more() : more) };
    };
    provider.calls = 0;
    provider.ak = key.ak;
    return provider;
  }

  /** @param {any} provider @param {number} times @param {any} [more] */
  async function reads(provider, times, more = {}) {
    const { instanceId, projectId, endpoint } = await emulator.target();
    const dcs = new DcsClient({ projectId, endpoint, credentials: provider, ...more });
    for (let read = 0; read < times; read++) await dcs.showInstance({ instanceId });
  }

  for (const [shown, expiresAt] of /** @type {[string, any][]} */ ([
    ["no end", undefined],
    ["a Date in an hour", new Date(Date.now() + HOUR)],
    ["a text in an hour", new Date(Date.now() + HOUR).toISOString()],
    ["milliseconds in an hour", Date.now() + HOUR],
    ["six minutes left", Date.now() + 6 * 60_000],
  ])) {
    test(`is asked once for what has ${shown}`, async () => {
      const provider = await counted({ expiresAt });
      await reads(provider, 3);
      assert.equal(provider.calls, 1);
    });
  }

  test("is asked again five minutes before the end", async () => {
    const provider = await counted(() => ({ expiresAt: Date.now() + 5 * 60_000 + 400 }));
    const { instanceId, projectId, endpoint } = await emulator.target();
    const dcs = new DcsClient({ projectId, endpoint, credentials: provider });
    await dcs.showInstance({ instanceId });
    await dcs.showInstance({ instanceId });
    assert.equal(provider.calls, 1);
    await sleep(450);
    await dcs.showInstance({ instanceId });
    assert.equal(provider.calls, 2);
  });

  test("is asked for every request when there are four minutes left", async () => {
    const provider = await counted(() => ({ expiresAt: Date.now() + 4 * 60_000 }));
    await reads(provider, 3);
    assert.equal(provider.calls, 3);
  });

  test("is shared by the clients that are given it", async () => {
    const provider = await counted();
    await reads(provider, 1);
    await reads(provider, 1);
    assert.equal(provider.calls, 1);
  });

  test("that failed is asked again by the next call", async () => {
    const key = await emulator.newKey();
    let calls = 0;
    const provider = async () => {
      calls += 1;
      if (calls === 1) throw new Error("no network");
      return key;
    };
    const { credentials: _, ...options } = await emulator.target();
    const call = () => changeMasterStandbyAsync({ ...options, credentials: provider });
    const error = await refused(call(), "CredentialsError", { outcome: "not_sent" });
    assert.equal(error.cause.message, "no network");
    await call();
    assert.equal(calls, 2);
  });

  for (const [shown, given] of /** @type {[string, any][]} */ ([
    ["nothing", undefined],
    ["a text", "ak:sk"],
    ["a key without a secret", { ak: "A" }],
    ["an unknown member", { ak: "A", sk: emulator.SECRET, secret: "x" }],
    ["an end that is no time", { ak: "A", sk: emulator.SECRET, expiresAt: "soon" }],
    ["a key with a line break", { ak: "A\r\nB", sk: emulator.SECRET }],
  ])) {
    test(`that gives ${shown} is a CredentialsError that says so`, async () => {
      const { credentials: _, ...options } = await emulator.target();
      const call = changeMasterStandbyAsync({ ...options, credentials: async () => given });
      const error = await refused(call, "CredentialsError", { outcome: "not_sent" });
      assert.match(error.message, /cannot be used/);
    });
  }

  test("200 calls with an expired one: one call of it, one look-up of the project id", async () => {
    let expiresAt = Date.now();
    const provider = await counted(() => ({ expiresAt }));
    const { instanceId } = await emulator.target();
    const place = { endpoint: emulator.url, iamEndpoint: emulator.url, region: emulator.region };
    const dcs = new DcsClient({ ...place, credentials: provider });
    // Another region's look-up makes the provider's key known, and expired.
    const elsewhere = new DcsClient({
      ...place,
      projectId: emulator.projectId,
      credentials: provider,
    });
    await elsewhere.showInstance({ instanceId });
    assert.equal(provider.calls, 1);
    expiresAt = Date.now() + HOUR;
    const before = await emulator.lookUps();
    const calls = Array.from({ length: 200 }, () => dcs.showInstance({ instanceId }));
    const answers = await Promise.all(calls);
    assert.equal(new Set(answers.map((answer) => answer.instance_id)).size, 1);
    assert.equal(provider.calls, 2);
    assert.equal((await emulator.lookUps()) - before, 1);
    const arrived = await emulator.requestsFor(instanceId);
    assert.equal(arrived.length, 201);
  });

  test("200 calls with one that fails: one call of it, and each call its own error", async () => {
    let calls = 0;
    const provider = async () => {
      calls += 1;
      await sleep(20);
      throw new Error("no network");
    };
    const { credentials: _, ...options } = await emulator.target();
    const errors = await Promise.all(
      Array.from({ length: 200 }, () =>
        refused(
          changeMasterStandbyAsync({ ...options, credentials: provider }),
          "CredentialsError",
          {
            outcome: "not_sent",
          },
        ),
      ),
    );
    assert.equal(calls, 1);
    assert.equal(new Set(errors).size, 200);
    assert.equal((await emulator.requestsFor(options.instanceId)).length, 0);
  });
});

test("a Credential of another entry is refused by name, wherever it is given", async () => {
  const others = await Promise.all([
    import("huaweicloud-dcs/signer"),
    import("huaweicloud-dcs/asymmetric"),
  ]);
  const url = "https://dcs.cn-north-4.myhuaweicloud.com/";
  for (const other of others) {
    const own = new Credential({ ak: "AK", sk: "SK" });
    const credentials = /** @type {any} */ (new other.Credential({ ak: "AK", sk: "SK" }));
    for (const action of [
      () => new DcsClient({ region: emulator.region, credentials }),
      () => signRequest({ method: "GET", url, credentials }),
      () => other.signRequest({ method: "GET", url, credentials: /** @type {any} */ (own) }),
      () => new Credential(credentials),
      async () => {
        const provider = async () => credentials;
        const dcs = new DcsClient({ ...(await emulator.target()), credentials: provider });
        return dcs.listInstances();
      },
    ]) {
      await assert.rejects(async () => action(), {
        message: /is a Credential of another entry or copy of this package/,
      });
    }
  }
});
