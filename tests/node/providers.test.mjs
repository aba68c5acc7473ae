// @ts-check
// The providers of Node: environment, profile file, metadata service, and the official chain of the three.

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile, mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, beforeEach, describe, test } from "node:test";
import { DcsClient, changeMasterStandbyAsync } from "huaweicloud-dcs";
import { fromChain, fromEnv, fromMetadata, fromProfile } from "huaweicloud-dcs/credentials";
import * as emulator from "./support/emulator.mjs";
import { failure, refused } from "./support/expect.mjs";

const home = await mkdtemp(join(tmpdir(), "dcs-providers-"));
after(() => rm(home, { recursive: true }));

const NAMES = /^(HUAWEICLOUD_SDK|CLOUD_SDK)_|^HOME$/;
const kept = { ...process.env };

/** The environment of a test: none of the variables, an empty home, and these. @param {Record<string, string>} [more] */
function environment(more = {}) {
  for (const name of Object.keys(process.env)) if (NAMES.test(name)) delete process.env[name];
  Object.assign(process.env, { HOME: home, ...more });
}

beforeEach(() => environment());
afterEach(() => {
  environment();
  Object.assign(process.env, kept);
});

/** @param {string} text */
async function profile(text) {
  const path = join(home, `profile-${Math.random()}`);
  await writeFile(path, text);
  return path;
}

describe("fromEnv", () => {
  const pair = { HUAWEICLOUD_SDK_AK: "A", HUAWEICLOUD_SDK_SK: emulator.SECRET };

  for (const [shown, variables, expected] of /** @type {[string, any, any][]} */ ([
    ["a key", pair, { ak: "A", sk: emulator.SECRET }],
    [
      "a temporary key and a project",
      {
        ...pair,
        HUAWEICLOUD_SDK_SECURITY_TOKEN: "t",
        HUAWEICLOUD_SDK_PROJECT_ID: emulator.projectId,
      },
      { ak: "A", sk: emulator.SECRET, securityToken: "t", projectId: emulator.projectId },
    ],
    [
      "the variables of the samples",
      { CLOUD_SDK_AK: "B", CLOUD_SDK_SK: emulator.SECRET },
      { ak: "B", sk: emulator.SECRET },
    ],
    [
      "both: the official ones",
      { ...pair, CLOUD_SDK_AK: "B", CLOUD_SDK_SK: "x" },
      { ak: "A", sk: emulator.SECRET },
    ],
    [
      "empty variables are none",
      { ...pair, HUAWEICLOUD_SDK_SECURITY_TOKEN: "" },
      { ak: "A", sk: emulator.SECRET },
    ],
  ])) {
    test(`reads ${shown}`, async () => {
      environment(variables);
      assert.deepEqual(await fromEnv()(), expected);
    });
  }

  for (const [shown, variables, message] of /** @type {[string, any, RegExp][]} */ ([
    ["nothing is set", {}, /neither HUAWEICLOUD_SDK_AK/],
    ["a secret is missing", { HUAWEICLOUD_SDK_AK: "A" }, /HUAWEICLOUD_SDK_SK is missing/],
    ["a key is missing", { CLOUD_SDK_SK: emulator.SECRET }, /CLOUD_SDK_AK is missing/],
  ])) {
    test(`says when ${shown}`, async () => {
      environment(variables);
      assert.match((await failure(fromEnv()())).message, message);
    });
  }

  test("swaps; with another secret it does not", async () => {
    const { credentials, ...options } = await emulator.target();
    environment({ HUAWEICLOUD_SDK_AK: credentials.ak, HUAWEICLOUD_SDK_SK: credentials.sk });
    await changeMasterStandbyAsync({ ...options, credentials: fromEnv() });
    process.env.HUAWEICLOUD_SDK_SK = "another";
    const call = changeMasterStandbyAsync({ ...options, credentials: fromEnv() });
    await refused(call, "ServiceResponseError", { httpStatusCode: 401 });
  });
});

describe("fromProfile", () => {
  test("reads [basic], and nothing else", async () => {
    const path = await profile(
      [
        "# a comment",
        "[other]",
        "ak = WRONG",
        "[basic]",
        "ak = A",
        `sk=${emulator.SECRET}`,
        "security_token = t=with=signs",
        `project_id = ${emulator.projectId}`,
        "iam_endpoint = https://iam.example.com",
        "[global]",
        "sk = wrong",
      ].join("\r\n"),
    );
    assert.deepEqual(await fromProfile({ path })(), {
      ak: "A",
      sk: emulator.SECRET,
      securityToken: "t=with=signs",
      projectId: emulator.projectId,
    });
  });

  test("reads the file that the environment names, or the one at home", async () => {
    const path = await profile(`[basic]\nak=NAMED\nsk=${emulator.SECRET}\n`);
    await mkdir(join(home, ".huaweicloud"), { recursive: true });
    await writeFile(
      join(home, ".huaweicloud", "credentials"),
      `[basic]\nak=HOME\nsk=${emulator.SECRET}\n`,
    );
    assert.equal((await fromProfile()()).ak, "HOME");
    process.env.HUAWEICLOUD_SDK_CREDENTIALS_FILE = path;
    assert.equal((await fromProfile()()).ak, "NAMED");
    await rm(join(home, ".huaweicloud"), { recursive: true });
  });

  for (const [shown, text] of [
    ["no section", `ak=A\nsk=${emulator.SECRET}`],
    ["another section", `[global]\nak=A\nsk=${emulator.SECRET}`],
    ["no secret", "[basic]\nak=A"],
    ["an empty secret", "[basic]\nak=A\nsk="],
    ["nothing", ""],
  ]) {
    test(`says when the file has ${shown}`, async () => {
      const path = await profile(String(text));
      const error = await failure(fromProfile({ path })());
      assert.match(error.message, /profile|\[basic\]|line/i);
      assert.ok(!error.message.includes(emulator.SECRET), "the secret is not told");
    });
  }

  test("says when there is no file", async () => {
    const error = await failure(fromProfile({ path: join(home, "absent") })());
    assert.match(error.message, /absent cannot be read/);
  });

  test("swaps; with another secret it does not", async () => {
    const { credentials, ...options } = await emulator.target();
    const right = await profile(`[basic]\nak=${credentials.ak}\nsk=${credentials.sk}\n`);
    const wrong = await profile(`[basic]\nak=${credentials.ak}\nsk=another\n`);
    await changeMasterStandbyAsync({ ...options, credentials: fromProfile({ path: right }) });
    const call = changeMasterStandbyAsync({
      ...options,
      credentials: fromProfile({ path: wrong }),
    });
    await refused(call, "ServiceResponseError", { httpStatusCode: 401 });
  });
});

describe("fromMetadata", () => {
  const endpoint = emulator.url;
  const { access_key: ak, secret_key: sk, security_token } = emulator.config.temporary;
  afterEach(() => emulator.setMetadata({}));

  for (const mode of ["required", "optional", "absent", "not_allowed"]) {
    test(`gets a temporary key where tokens are ${mode}`, async () => {
      await emulator.setMetadata({ mode, expires_in_ms: 3_600_000 });
      const key = await fromMetadata({ endpoint })();
      assert.equal(key.ak, ak);
      assert.equal(key.sk === sk, true);
      assert.equal(key.securityToken, security_token);
      const left = new Date(/** @type {string} */ (key.expiresAt)).getTime() - Date.now();
      assert.ok(left > 3_500_000 && left <= 3_600_000, `${left} ms`);
    });
  }

  test("says when the server has no agency", async () => {
    await emulator.setMetadata({ mode: "no_agency" });
    const error = await failure(fromMetadata({ endpoint })());
    assert.match(error.message, /HTTP 401.*agency/);
  });

  test("says when nobody answers, in the time it is given", async () => {
    const error = await failure(fromMetadata({ endpoint: "http://127.0.0.1:9" })());
    assert.match(error.message, /is this a cloud server/);
    await emulator.arm({ operation: "MetadataToken" }, { kind: "hang" });
    const start = performance.now();
    const late = await failure(fromMetadata({ endpoint, timeoutMs: 100 })());
    assert.match(late.message, /no answer/);
    assert.ok(performance.now() - start < 2500);
    await emulator.disarm();
  });

  for (const [shown, fault] of /** @type {[string, any][]} */ ([
    ["no JSON", { kind: "body", body: "<html>" }],
    ["no key", { kind: "body", body: { credential: {} } }],
    ["nothing", { kind: "no_content" }],
    ["an error", { kind: "status", status: 500 }],
    ["a redirect", { kind: "redirect", location: "http://127.0.0.1:9/" }],
  ])) {
    test(`says when the answer is ${shown}`, async () => {
      await emulator.arm({ operation: "MetadataSecurityKey" }, fault);
      const error = await failure(fromMetadata({ endpoint })());
      assert.match(error.message, /^metadata service: /);
      await emulator.disarm();
    });
  }

  test("swaps, and asks anew only when the key is about to end", async () => {
    const { credentials: _, ...options } = await emulator.target({ job_ms: 0 });
    const asked = async () => (await emulator.state()).counters.operations.MetadataSecurityKey ?? 0;
    const before = await asked();
    const credentials = fromMetadata({ endpoint });
    await changeMasterStandbyAsync({ ...options, credentials });
    await changeMasterStandbyAsync({ ...options, credentials });
    assert.equal((await asked()) - before, 1);
    const [request] = await emulator.requestsFor(options.instanceId);
    assert.equal(request.access_key, ak);
    assert.match(request.signed_headers, /x-security-token/);
  });
});

describe("fromChain", () => {
  test("takes the environment first, then the profile file", async () => {
    const path = await profile(`[basic]\nak=FILE\nsk=${emulator.SECRET}\n`);
    environment({ HUAWEICLOUD_SDK_CREDENTIALS_FILE: path });
    assert.equal((await fromChain()()).ak, "FILE");
    Object.assign(process.env, { CLOUD_SDK_AK: "ENV", CLOUD_SDK_SK: emulator.SECRET });
    assert.equal((await fromChain()()).ak, "ENV");
  });

  test("then the metadata service", async (t) => {
    const real = globalThis.fetch;
    // Its address is of this cloud server only; the emulator plays it.
    t.mock.method(globalThis, "fetch", (/** @type {string} */ url, /** @type {any} */ init) =>
      real(url.replace("http://169.254.169.254", emulator.url), init),
    );
    assert.equal((await fromChain()()).ak, emulator.config.temporary.access_key);
  });

  test("says why each of them has none", async (t) => {
    t.mock.method(globalThis, "fetch", async () => {
      throw new TypeError("fetch failed");
    });
    const error = await failure(fromChain()());
    for (const part of [/environment: /, /profile file: /, /metadata service: /]) {
      assert.match(error.message, part);
    }
  });

  test("is what a client uses that is given neither credentials nor signer", async () => {
    const { credentials, ...options } = await emulator.target();
    environment({ HUAWEICLOUD_SDK_AK: credentials.ak, HUAWEICLOUD_SDK_SK: credentials.sk });
    await changeMasterStandbyAsync(options);
    const [request] = await emulator.requestsFor(options.instanceId);
    assert.equal(request.access_key, credentials.ak);
  });
});

describe("the environment's other variables", () => {
  test("HUAWEICLOUD_SDK_REGION and _REGION_DCS_* say where to send", async () => {
    const { instanceId, credentials, projectId } = await emulator.target();
    environment({
      HUAWEICLOUD_SDK_REGION: "cn-north-4",
      HUAWEICLOUD_SDK_REGION_DCS_CN_NORTH_4: emulator.url,
    });
    await new DcsClient({ credentials, projectId }).showInstance({ instanceId });
    assert.equal((await emulator.requestsFor(instanceId)).length, 1);
  });

  test("HUAWEICLOUD_SDK_IAM_ENDPOINT says whom to ask for the project id", async () => {
    const { instanceId, credentials } = await emulator.target();
    environment({
      HUAWEICLOUD_SDK_REGION_DCS_CN_NORTH_4: emulator.url,
      HUAWEICLOUD_SDK_IAM_ENDPOINT: emulator.url,
    });
    const dcs = new DcsClient({ credentials, region: "cn-north-4" });
    assert.equal((await dcs.showInstance({ instanceId })).instance_id, instanceId);
    const asked = (await emulator.requestsOf(credentials.ak)).map((request) => request.operation);
    assert.deepEqual(asked, ["KeystoneListProjects", "ShowInstance"]);
  });

  test("HUAWEICLOUD_SDK_PROJECT_ID comes with the key of the environment", async () => {
    const { instanceId, credentials, endpoint, projectId } = await emulator.target();
    environment({
      HUAWEICLOUD_SDK_AK: credentials.ak,
      HUAWEICLOUD_SDK_SK: credentials.sk,
      HUAWEICLOUD_SDK_PROJECT_ID: projectId,
    });
    await new DcsClient({ endpoint, credentials: fromEnv() }).showInstance({ instanceId });
    assert.equal((await emulator.requestsOf(credentials.ak)).length, 1);
  });

  test("an endpoint that is given goes over the environment's", async () => {
    const { instanceId, ...options } = await emulator.target();
    environment({
      HUAWEICLOUD_SDK_REGION: "cn-nowhere-1",
      HUAWEICLOUD_SDK_REGION_DCS_CN_NORTH_4: "http://127.0.0.1:9",
    });
    await new DcsClient(options).showInstance({ instanceId });
    await new DcsClient({ ...options, region: "cn-north-4" }).showInstance({ instanceId });
  });
});
