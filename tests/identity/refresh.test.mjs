// @ts-check
// How long a temporary key is kept, and when the next one is asked for.

import assert from "node:assert/strict";
import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { after, before, beforeEach, describe, test } from "node:test";
import * as credentials from "../../pkg-template/credentials.mjs";
import { MARKER, StandIn } from "./support/stand-in.mjs";
import { World, failure } from "./support/world.mjs";

const MINUTE = 60_000;
const service = new StandIn();
const world = new World();
/** @type {string} */
let idTokenFile;

before(async () => {
  await service.open();
  idTokenFile = world.file("token", `${MARKER}-token\n`);
});
after(() => {
  service.close();
  world.end();
});
beforeEach(() => {
  service.reset();
  world.set();
});

/** Each provider of temporary keys, and the service that gives them. */
const PROVIDERS = /** @type {const} */ ({
  metadataKey: () => credentials.fromMetadata({ endpoint: service.url }),
  podIdentity: () =>
    credentials.fromPodIdentity({ uri: `${service.url}/v1/credentials`, tokenFile: idTokenFile }),
  securityToken: () =>
    credentials.fromIdentityProvider({ idpId: "idp", idTokenFile, iamEndpoint: service.url }),
  oidc: () =>
    credentials.fromOidc({
      ...{ providerUrn: "p", agencyUrn: "a", idTokenFile, stsEndpoint: service.url },
    }),
});

for (const [name, make] of Object.entries(PROVIDERS)) {
  const kind = /** @type {keyof typeof PROVIDERS} */ (name);
  describe(`the provider over ${kind}`, () => {
    test("gives 200 callers at once the key of one request", async () => {
      const provider = make();
      service.faults[kind] = { delayMs: 50 };
      const keys = await Promise.all(Array.from({ length: 200 }, () => provider()));
      assert.equal(service.count(kind), 1);
      assert.equal(new Set(keys).size, 1);
    });

    test("keeps a key until 40 minutes before its end", async () => {
      service.lifeMs = 41 * MINUTE;
      const provider = make();
      const first = await provider();
      await delay(20);
      assert.equal(await provider(), first);
      assert.equal(service.count(kind), 1);
    });

    test("uses the old key while one request gets the next one", async () => {
      service.lifeMs = 39 * MINUTE;
      const provider = make();
      const first = await provider();
      service.faults[kind] = { delayMs: 100 };
      service.lifeMs = 24 * 60 * MINUTE;
      const keys = await Promise.all(Array.from({ length: 200 }, () => provider()));
      assert.ok(keys.every((key) => key === first));
      let second = first;
      for (let look = 0; look < 200 && second === first; look++) {
        await delay(25);
        second = await provider();
      }
      assert.notEqual(second.ak, first.ak);
      assert.equal(service.count(kind), 2);
    });

    test("uses the old key while the service fails, and asks it once a minute at most", async () => {
      service.lifeMs = 30 * MINUTE;
      const provider = make();
      const first = await provider();
      service.faults[kind] = { status: 500 };
      for (let call = 0; call < 20; call++) {
        assert.equal(await provider(), first);
        await delay(25);
      }
      // The first one gave the key.
      await delay(200);
      assert.equal(service.count(kind), 2);
    });

    test("tells the failure when the old key has ended, and asks again for the next call", async (t) => {
      const provider = make();
      const first = await provider();
      service.faults[kind] = { status: 500 };
      const now = Date.now();
      t.mock.method(Date, "now", () => now + service.lifeMs + 1);
      assert.match((await failure(provider())).message, /HTTP 500/);
      delete service.faults[kind];
      assert.notEqual((await provider()).ak, first.ak);
    });
  });
}

describe("a pod whose token is replaced", () => {
  /** @type {[string, (path: string, token: string) => void][]} */
  const ways = [
    [
      "by renaming, as the kubelet does",
      (path, token) => {
        writeFileSync(`${path}.new`, token);
        renameSync(`${path}.new`, path);
      },
    ],
    [
      "by writing over it",
      (path, token) => {
        writeFileSync(path, "");
        setTimeout(() => writeFileSync(path, token), 3);
      },
    ],
  ];
  for (const [shown, replace] of ways) {
    test(`${shown}: 1,000 calls, and none fails`, async () => {
      const path = join(world.folder, `rotated-${shown.length}`);
      writeFileSync(path, "pod-token-0\n");
      service.tokens = new Set(["pod-token-0"]);
      // So short that nearly every call needs a new key.
      service.lifeMs = 15_030;
      const provider = credentials.fromPodIdentity({
        ...{ uri: `${service.url}/v1/credentials`, tokenFile: path },
      });
      let version = 0;
      const rotation = setInterval(() => {
        // The one before is taken no more: a token that was kept would be refused.
        service.tokens = new Set([`pod-token-${++version}`]);
        replace(path, `pod-token-${version}\n`);
      }, 150);
      try {
        for (let round = 0; round < 50; round++) {
          const keys = await Promise.all(Array.from({ length: 20 }, () => provider()));
          assert.ok(keys.every((key) => key.ak.startsWith("TEMP")));
          await delay(15);
        }
      } finally {
        clearInterval(rotation);
        // The last one may still be writing, into a folder that is about to go.
        await delay(50);
      }
      assert.ok(version > 3, `replaced ${version} times`);
      const used = new Set(service.asked.map((each) => each.headers.authorization));
      assert.ok(used.size > 3, `${used.size} tokens were shown`);
    });
  }
});
