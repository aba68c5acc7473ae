// @ts-check
// What a client makes of providers and of the environment: refresh, the chain, regions and endpoints.

import assert from "node:assert/strict";
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { after, before, beforeEach, describe, test } from "node:test";
import { DcsClient, changeMasterStandbyAsync, signedFetch } from "huaweicloud-dcs";
import { fromMetadata, fromPodIdentity, fromProfile } from "huaweicloud-dcs/credentials";
import { MARKER, StandIn } from "../identity/support/stand-in.mjs";
import { World, redirectMetadata, told } from "../identity/support/world.mjs";
import * as emulator from "./support/emulator.mjs";
import { failure, refused } from "./support/expect.mjs";

const MINUTE = 60_000;
const service = new StandIn();
const world = new World();

before(() => service.open());
after(() => {
  service.close();
  world.end();
});
beforeEach(() => {
  service.reset();
  world.set();
});

const instanceId = "00000000-0000-4000-8000-000000000001";
const { projectId } = emulator;

/** A client whose requests are answered here, and the access keys that they were signed with. */
function answered(/** @type {any} */ options = {}) {
  /** @type {string[]} */
  const keys = [];
  const fetch = async (/** @type {Request} */ request) => {
    keys.push(/Access=(\w+)/.exec(request.headers.get("authorization") ?? "")?.[1] ?? "");
    return Response.json({ instances: [], instance_num: 0 });
  };
  return { keys, dcs: new DcsClient({ region: "cn-north-4", projectId, fetch, ...options }) };
}

describe("a provider of temporary keys", () => {
  const credentials = () => fromMetadata({ endpoint: service.url });

  test("is asked once for 200 calls", async () => {
    const { dcs, keys } = answered({ credentials: credentials() });
    await Promise.all(Array.from({ length: 200 }, () => dcs.listInstances()));
    assert.equal(service.count("metadataKey"), 1);
    assert.equal(new Set(keys).size, 1);
  });

  test("gives the next key 40 minutes before the end, and no call waits or fails for it", async () => {
    service.lifeMs = 39 * MINUTE;
    const { dcs, keys } = answered({ credentials: credentials() });
    await dcs.listInstances();
    service.faults.metadataKey = { hang: true };
    await Promise.all(Array.from({ length: 200 }, () => dcs.listInstances()));
    assert.equal(new Set(keys).size, 1);
    for (let look = 0; look < 200 && service.count("metadataKey") < 2; look++) await delay(20);
    assert.equal(service.count("metadataKey"), 2);
  });

  test("gives the next key to the client and to signedFetch", async () => {
    service.lifeMs = 39 * MINUTE;
    const provider = credentials();
    const { dcs, keys } = answered({ credentials: provider });
    await dcs.listInstances();
    service.lifeMs = 24 * 60 * MINUTE;
    for (let look = 0; look < 200 && new Set(keys).size < 2; look++) {
      await dcs.listInstances();
      await delay(20);
    }
    assert.equal(new Set(keys).size, 2);
    let signed = "";
    const send = signedFetch(provider, {
      fetch: async (request) => {
        signed = request.headers.get("authorization") ?? "";
        return new Response();
      },
    });
    await send("https://dcs.cn-north-4.myhuaweicloud.com/v2/x");
    assert.ok(signed.includes(`Access=${keys.at(-1)},`), signed);
    assert.equal(service.count("metadataKey"), 2);
  });

  test("that fails is named in the error, with its file, and without a secret", async () => {
    service.tokens = new Set();
    const file = world.file("token", `${MARKER}-pod`);
    const pod = fromPodIdentity({ uri: `${service.url}/v1/credentials`, tokenFile: file });
    const error = await failure(answered({ credentials: pod }).dcs.listInstances());
    assert.equal(error.name, "CredentialsError");
    assert.ok(error.message.includes("pod identity: HTTP 401"), error.message);
    assert.ok(error.message.includes(file), error.message);
    assert.ok(!told(error).includes("MARKER"), told(error));
    const path = world.file("utf16", Buffer.from("\ufeff[basic]", "utf16le"));
    const call = answered({ credentials: fromProfile({ path }) }).dcs.listInstances();
    assert.match((await failure(call)).message, /profile file: .*utf16 is not UTF-8 .*UTF-16/);
  });

  test("of a pod whose token is replaced: of 1,000 calls none fails", async () => {
    const path = world.file("rotated", "pod-token-0\n");
    service.tokens = new Set(["pod-token-0"]);
    // So short that nearly every call needs a new key.
    service.lifeMs = 15_030;
    const pod = fromPodIdentity({ uri: `${service.url}/v1/credentials`, tokenFile: path });
    const { dcs, keys } = answered({ credentials: pod });
    let version = 0;
    const rotation = setInterval(() => {
      service.tokens = new Set([`pod-token-${++version}`]);
      writeFileSync(`${path}.new`, `pod-token-${version}\n`);
      renameSync(`${path}.new`, path);
    }, 150);
    try {
      for (let round = 0; round < 50; round++) {
        await Promise.all(Array.from({ length: 20 }, () => dcs.listInstances()));
        await delay(15);
      }
    } finally {
      clearInterval(rotation);
    }
    assert.equal(keys.length, 1000);
    assert.ok(version > 3 && new Set(keys).size > version, `${version} tokens`);
  });
});

describe("the chain of a client", () => {
  test("asks STS and IAM in the client's region", async (t) => {
    /** @type {string[]} */
    const asked = [];
    t.mock.method(globalThis, "fetch", async (/** @type {any} */ url) => {
      asked.push(new URL(url).host);
      return new Response("{}", { status: 403 });
    });
    world.set({
      HUAWEICLOUD_SDK_IDP_ID: "idp",
      HUAWEICLOUD_SDK_ID_TOKEN_FILE: world.file("token", "a.token"),
    });
    await failure(answered({ region: "eu-west-101" }).dcs.listInstances());
    Object.assign(process.env, {
      HUAWEICLOUD_OIDC_PROVIDER_URN: "p",
      HUAWEICLOUD_OIDC_AGENCY_URN: "a",
      HUAWEICLOUD_OIDC_ID_TOKEN: "a.token",
    });
    await failure(answered({ region: "ap-southeast-1" }).dcs.listInstances());
    assert.deepEqual(asked, [
      ...["iam.eu-west-101.myhuaweicloud.eu", "sts.ap-southeast-1.myhuaweicloud.com"],
    ]);
  });

  test("is one for all clients of a region", async (t) => {
    redirectMetadata(t, service.url);
    const one = answered({ region: "la-north-2" });
    const two = answered({ region: "la-north-2" });
    await Promise.all([one.dcs.listInstances(), two.dcs.listInstances()]);
    assert.equal(service.count("metadataKey"), 1);
    assert.deepEqual(one.keys, two.keys);
  });
});

describe("the endpoint of IAM in a profile", () => {
  /** Whom a client asks for its project id. @param {any} options @param {string} [more] */
  async function askedIam(options, more = "") {
    /** @type {string[]} */
    const asked = [];
    const fetch = async (/** @type {Request} */ request) => {
      const { host, pathname } = new URL(request.url);
      if (pathname !== "/v3/projects") return Response.json({ instances: [], instance_num: 0 });
      asked.push(host);
      return Response.json({ projects: [{ id: projectId, name: "x" }] });
    };
    const ak = emulator.newAccessKeyId();
    const path = world.file("profile", `[basic]\nak=${ak}\nsk=${MARKER}\n${more}`);
    const credentials = fromProfile({ path });
    await new DcsClient({ region: "cn-north-4", fetch, credentials, ...options }).listInstances();
    return asked;
  }

  test("is asked for the project id, before that of the environment and of the region", async () => {
    assert.deepEqual(await askedIam({}), ["iam.cn-north-4.myhuaweicloud.com"]);
    const own = "iam_endpoint = https://iam.example.com\n";
    assert.deepEqual(await askedIam({}, own), ["iam.example.com"]);
    process.env.HUAWEICLOUD_SDK_IAM_ENDPOINT = "https://iam.env.example";
    assert.deepEqual(await askedIam({}), ["iam.env.example"]);
    assert.deepEqual(await askedIam({}, own), ["iam.example.com"]);
    const of = { region: "xx-new-1", endpoint: "https://dcs.example" };
    assert.deepEqual(await askedIam(of, own), ["iam.example.com"], "also of an unknown region");
  });

  for (const text of [
    "http://iam.example.com",
    "iam.example.com",
    "https://iam.example/v3",
    "x://y",
  ]) {
    test(`that cannot be asked is refused: ${text}`, async () => {
      const error = await failure(askedIam({}, `iam_endpoint = ${text}\n`));
      assert.equal(error.name, "CredentialsError");
      assert.match(error.message, /credentials\.iamEndpoint must be an origin/);
    });
  }
});

describe("signedFetch that is given nothing", () => {
  test("takes the chain", async () => {
    Object.assign(process.env, { HUAWEICLOUD_SDK_AK: "ENV", HUAWEICLOUD_SDK_SK: MARKER });
    let signed = "";
    const send = signedFetch(undefined, {
      // A region of this test only: the chain of a region stays with the provider that it took.
      region: "cn-east-2",
      fetch: async (request) => {
        signed = request.headers.get("authorization") ?? "";
        return new Response();
      },
    });
    await send("https://ecs.cn-east-2.myhuaweicloud.com/v1/x");
    assert.match(signed, /Access=ENV,/);
  });
});

describe("endpoints of a region", () => {
  const credentials = { ak: "A", sk: MARKER };

  /** The hosts that a read goes to, which nobody answers. @param {any} options */
  async function hosts(options) {
    /** @type {string[]} */
    const asked = [];
    const fetch = async (/** @type {Request} */ request) => {
      asked.push(new URL(request.url).host);
      throw new TypeError("fetch failed");
    };
    const dcs = new DcsClient({ credentials, projectId, retry: false, fetch, ...options });
    const error = await failure(dcs.listInstances());
    assert.equal(error.name, "ConnectionError", String(error));
    return asked;
  }

  const file = (/** @type {string} */ text) => world.file("regions.yaml", text);
  const NEW = "DCS:\n- {id: xx-new-1, endpoints: [https://a.example, https://b.example]}\n";

  test("of a variable: one, or a list", async () => {
    Object.assign(process.env, {
      HUAWEICLOUD_SDK_REGION_DCS_XX_NEW_1: "https://a.example",
      HUAWEICLOUD_SDK_REGION_DCS_XX_NEW_2: "https://a.example, https://b.example:8443,",
    });
    assert.deepEqual(await hosts({ region: "xx-new-1" }), ["a.example"]);
    assert.deepEqual(await hosts({ region: "xx-new-2" }), ["a.example", "b.example:8443"]);
  });

  test("of the regions file that a variable names, or the one at home", async () => {
    process.env.HUAWEICLOUD_SDK_REGIONS_FILE = file(NEW);
    assert.deepEqual(await hosts({ region: "xx-new-1" }), ["a.example", "b.example"]);
    mkdirSync(join(world.folder, ".huaweicloud"), { recursive: true });
    const home = NEW.replaceAll("example", "home.example");
    writeFileSync(join(world.folder, ".huaweicloud/regions.yaml"), home);
    delete process.env.HUAWEICLOUD_SDK_REGIONS_FILE;
    assert.deepEqual(await hosts({ region: "xx-new-1" }), ["a.home.example", "b.home.example"]);
    process.env.HUAWEICLOUD_SDK_REGION_DCS_XX_NEW_1 = "https://c.example";
    assert.deepEqual(await hosts({ region: "xx-new-1" }), ["c.example"], "the variable goes first");
    const own = await hosts({ region: "xx-new-1", endpoint: "https://d.example" });
    assert.deepEqual(own, ["d.example"], "and the option before it");
  });

  test("of a region that is known: the file's go over them, other regions stay as they are", async () => {
    process.env.HUAWEICLOUD_SDK_REGIONS_FILE = file(
      "dcs:\n- {id: cn-north-4, endpoint: 'https://a.example'}\n",
    );
    assert.deepEqual(await hosts({ region: "cn-north-4" }), ["a.example"]);
    assert.deepEqual(await hosts({ region: "cn-east-3" }), ["dcs.cn-east-3.myhuaweicloud.com"]);
  });

  test("of a file that cannot be used: each call says so, and nothing is sent", async () => {
    process.env.HUAWEICLOUD_SDK_REGIONS_FILE = file("DCS: [");
    const options = { credentials, projectId, region: "xx-new-1" };
    const wanted = {
      field: "region",
      outcome: "not_sent",
      message: /^regions file: .* is no YAML/,
    };
    const dcs = new DcsClient(options);
    await refused(dcs.changeMasterStandbyAsync({ instanceId }), "InvalidArgumentError", wanted);
    await refused(dcs.changeMasterStandbyAsync({ instanceId }), "InvalidArgumentError", wanted);
    const call = changeMasterStandbyAsync({ ...options, instanceId });
    await refused(call, "InvalidArgumentError", wanted);
    // Made and never used: its failure must not end the process.
    new DcsClient(options);
    await delay(50);
  });

  test("of the region that Terraform's variable names, where no other does", async () => {
    process.env.HW_REGION_NAME = "cn-east-3";
    assert.deepEqual(await hosts({}), ["dcs.cn-east-3.myhuaweicloud.com"]);
    process.env.HUAWEICLOUD_SDK_REGION = "cn-north-4";
    assert.deepEqual(await hosts({}), ["dcs.cn-north-4.myhuaweicloud.com"]);
  });

  test("of a region that nobody knows: refused, with the nearest", async () => {
    process.env.HUAWEICLOUD_SDK_REGIONS_FILE = file(NEW);
    const dcs = new DcsClient({ credentials, projectId, region: "cn-nroth-4" });
    const wanted = { field: "region", message: /cn-north-4/ };
    await refused(dcs.listInstances(), "InvalidArgumentError", wanted);
  });
});
