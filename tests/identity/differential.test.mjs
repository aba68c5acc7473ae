// @ts-check
// Each provider asks what the official Python core asks: both are run against the same stand-ins, and what they asked and
// what they got is compared. Nothing of the core's requests is written down here.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { after, before, beforeEach, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { python } from "../differential/python.mjs";
import { MARKER, StandIn } from "./support/stand-in.mjs";
import { World } from "./support/world.mjs";

const service = new StandIn();
const world = new World();
const PROJECT = "0123456789abcdef0123456789abcdef";

/** A program that answers an order a line. */
class Program {
  /** @param {string} command @param {string} script */
  constructor(command, script) {
    const path = fileURLToPath(new URL(`support/${script}`, import.meta.url));
    this.child = spawn(command, [path], { stdio: ["pipe", "pipe", "inherit"] });
    this.lines = createInterface(this.child.stdout)[Symbol.asyncIterator]();
  }

  /** What it answers, and what it asked for that. @param {any} order */
  async run(order) {
    service.asked = [];
    service.keys = 0;
    service.metadataTokens.given.clear();
    this.child.stdin.write(`${JSON.stringify({ metadata: service.url, ...order })}\n`);
    const { value } = await this.lines.next();
    return { answer: JSON.parse(value), asked: service.compared() };
  }

  end() {
    this.child.stdin.end();
  }
}

/** @type {Program} */
let official;
/** @type {Program} */
let ours;
/** @type {string} */
let tokenFile;

before(async () => {
  await service.open();
  tokenFile = world.file("token", `${MARKER}-id-token\n`);
  official = new Program(python(), "official.py");
  ours = new Program(process.execPath, "ours.mjs");
});
after(() => {
  official?.end();
  ours?.end();
  service.close();
  world.end();
});
beforeEach(() => service.reset());

/** The parts of an answer that are compared. @param {any} answer */
const parts = ({ ak, sk, securityToken, projectId }) => ({
  ...{ ak, sk },
  securityToken: securityToken ?? undefined,
  projectId: projectId ?? undefined,
});

/** @param {any} order */
async function both(order) {
  const env = { HOME: world.folder, ...order.env };
  const theirs = await official.run({ ...order, env });
  const mine = await ours.run({ ...order, env });
  return { theirs, mine };
}

/** @param {any} order @returns {Promise<any>} */
async function same(order) {
  const { theirs, mine } = await both(order);
  assert.equal(theirs.answer.error, undefined, "the official core gets a key");
  assert.equal(mine.answer.error, undefined);
  assert.deepEqual(mine.asked, theirs.asked);
  // The official core waits for the second key; this package uses the first one as long as it is good.
  if (!order.times) assert.deepEqual(parts(mine.answer), parts(theirs.answer));
  return theirs;
}

const iam = () => ({ HUAWEICLOUD_SDK_IAM_ENDPOINT: service.url });
const identity = () => ({
  HUAWEICLOUD_SDK_IDP_ID: "my-idp",
  HUAWEICLOUD_SDK_ID_TOKEN_FILE: tokenFile,
});
const keys = (name = "ENV") => ({
  HUAWEICLOUD_SDK_AK: name,
  HUAWEICLOUD_SDK_SK: `${MARKER}-${name}`,
});
const pod = () => ({
  HC_CONTAINER_CREDENTIALS_FULL_URI: `${service.url}/v1/credentials`,
  HC_CONTAINER_AUTHORIZATION_TOKEN_FILE: tokenFile,
});
const oidc = () => ({
  HUAWEICLOUD_OIDC_PROVIDER_URN: "iam::a:oidc-provider:github",
  HUAWEICLOUD_OIDC_AGENCY_URN: "iam::a:agency:switchover",
  HUAWEICLOUD_OIDC_TOKEN_FILE: tokenFile,
  HUAWEICLOUD_SDK_STS_ENDPOINT: service.url,
});

describe("the environment", () => {
  test("with keys", () => same({ provider: "environment", env: keys() }));
  test("with a temporary key and a project", () =>
    same({
      provider: "environment",
      env: {
        ...keys(),
        HUAWEICLOUD_SDK_SECURITY_TOKEN: "t",
        HUAWEICLOUD_SDK_PROJECT_ID: PROJECT,
      },
    }));
  test("with an identity provider", async () => {
    const { asked } = await same({ provider: "environment", env: { ...iam(), ...identity() } });
    assert.equal(asked.length, 2);
  });
  test("with both, which means the identity provider", () =>
    same({
      provider: "environment",
      env: { ...keys(), ...iam(), ...identity(), HUAWEICLOUD_SDK_PROJECT_ID: PROJECT },
    }));
});

describe("the profile file", () => {
  for (const [shown, lines] of /** @type {[string, string[]][]} */ ([
    ["keys", ["ak = A", `sk = ${MARKER}`]],
    ["a temporary key", ["ak: A", `sk: ${MARKER}`, "security_token: t", `project_id: ${PROJECT}`]],
    ["an identity provider", ["idp_id = my-idp", "id_token_file = TOKEN", "iam_endpoint = IAM"]],
    ["both", ["ak=A", "sk=B", "idp_id=my-idp", "id_token_file=TOKEN", "iam_endpoint=IAM"]],
    ["half an identity provider", ["ak=A", "sk=B", "idp_id=my-idp"]],
  ])) {
    test(`with ${shown}`, () => {
      const text = ["# mine", "[global]", "ak=no", "[basic]", ...lines].join("\n");
      const content = text.replace("TOKEN", tokenFile).replace("IAM", service.url);
      const file = world.file("profile", `${content}\n`);
      // The file's own endpoint goes over the environment's, where nobody listens.
      const env = {
        HUAWEICLOUD_SDK_CREDENTIALS_FILE: file,
        HUAWEICLOUD_SDK_IAM_ENDPOINT: "http://127.0.0.1:9",
      };
      return same({ provider: "profile", env });
    });
  }
});

describe("the metadata service", () => {
  test("with tokens", async () => {
    service.metadataTokens.needed = true;
    const { asked } = await same({ provider: "metadata", env: {} });
    assert.equal(asked.length, 2);
  });
  for (const status of [404, 405, 503]) {
    test(`without tokens, which HTTP ${status} says`, () => {
      service.faults.metadataToken = { status };
      return same({ provider: "metadata", env: {} });
    });
  }
  test("a second time, with the token of the first", async () => {
    Object.assign(service, { lifeMs: 600_000 });
    const { asked } = await same({ provider: "metadata", env: {}, times: 2 });
    assert.equal(asked.length, 3);
  });
});

describe("pod identity", () => {
  test("once", async () => {
    const { asked } = await same({ provider: "pod-identity", env: pod() });
    assert.equal(asked.length, 1);
  });
  test("again, 39 minutes before the end", async () => {
    Object.assign(service, { lifeMs: 39 * 60_000 });
    const { asked } = await same({ provider: "pod-identity", env: pod(), times: 2 });
    assert.equal(asked.length, 2);
  });
  test("not again, 41 minutes before the end", async () => {
    Object.assign(service, { lifeMs: 41 * 60_000 });
    const { asked } = await same({ provider: "pod-identity", env: pod(), times: 2 });
    assert.equal(asked.length, 1);
  });
});

describe("OIDC at STS", () => {
  for (const [shown, more] of /** @type {[string, Record<string, string>][]} */ ([
    ["a token file", {}],
    ["a token of the environment", { HUAWEICLOUD_OIDC_ID_TOKEN: "ey.in.env" }],
    [
      "everything",
      {
        HUAWEICLOUD_OIDC_SESSION_NAME: "nightly",
        HUAWEICLOUD_OIDC_DURATION_SECONDS: "900",
        HUAWEICLOUD_OIDC_POLICY: '{"Version":"5.0"}',
        HUAWEICLOUD_OIDC_POLICY_IDS: "a, b,,c ",
        HUAWEICLOUD_SDK_PROJECT_ID: PROJECT,
      },
    ],
  ])) {
    test(`with ${shown}`, async () => {
      const { asked } = await same({ provider: "oidc", env: { ...oidc(), ...more } });
      assert.equal(asked.length, 1);
    });
  }
});

describe("the chain", () => {
  test("150 random environments lead to the same provider, the same requests, or none", async () => {
    let seed = 20251125;
    const chance = () => {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      return seed / 2 ** 32;
    };
    /** @type {Record<string, number>} */
    const taken = {};
    let halves = 0;
    const file = world.file("of-the-chain", `[basic]\nak=FILE\nsk=${MARKER}\n`);
    const sets = [oidc(), keys(), identity(), pod(), { HUAWEICLOUD_SDK_CREDENTIALS_FILE: file }];
    for (let round = 0; round < 150; round++) {
      service.reset();
      // Seldom all of a set, so that the later links are reached.
      const chosen = sets.flatMap((set) => (chance() < 0.35 ? Object.entries(set) : []));
      const whole = chosen.filter(() => chance() < 0.9);
      const env = {
        ...Object.fromEntries(whole),
        ...iam(),
        HUAWEICLOUD_SDK_STS_ENDPOINT: service.url,
      };
      if (chance() < 0.7) service.faults.metadataKey = { status: 404 };
      const { theirs, mine } = await both({ provider: "chain", env });
      const names = Object.keys(env).join(" ");
      // The official core passes over what is set up by half, and goes on to whoever comes next.
      if (/^(?!no credentials).* is (missing|not set)$/.test(mine.answer.error ?? "")) {
        assert.ok(whole.length < chosen.length, `${round}: ${names}: ${mine.answer.error}`);
        assert.deepEqual(mine.asked, theirs.asked.slice(0, mine.asked.length));
        halves += 1;
        continue;
      }
      assert.equal(Boolean(mine.answer.error), Boolean(theirs.answer.error), `${round}: ${names}`);
      assert.deepEqual(mine.asked, theirs.asked, `${round}: ${names}`);
      if (!theirs.answer.error) assert.deepEqual(parts(mine.answer), parts(theirs.answer), names);
      const last = theirs.asked.at(-1)?.request ?? theirs.answer.ak;
      const name = theirs.answer.error ? "none" : String(last);
      taken[name] = (taken[name] ?? 0) + 1;
    }
    assert.ok(halves > 0 && halves < 75, `${halves} by half`);
    // Each link was the one that was taken at least once.
    assert.equal(Object.keys(taken).length, 7, JSON.stringify(taken));
  });

  test("one difference: a token file that is not there ends the search", async () => {
    const env = { ...keys(), ...oidc(), HUAWEICLOUD_OIDC_TOKEN_FILE: "/nowhere/token" };
    const { theirs, mine } = await both({ provider: "chain", env });
    assert.equal(theirs.answer.ak, "ENV");
    assert.match(mine.answer.error, /^OIDC at STS: \/nowhere\/token does not exist$/);
  });
});

describe("the regions file", () => {
  for (const [shown, text] of [
    ["one endpoint", "DCS:\n  - id: xx-new-1\n    endpoint: https://dcs.example\n"],
    ["a list", "dcs:\n- {id: xx-new-1, endpoints: [https://a.example, https://b.example]}\n"],
    [
      "a list and one more",
      "Dcs:\n- id: xx-new-1\n  endpoints:\n  - https://a.example\n  endpoint: https://b.example\n",
    ],
    ["a region twice", "DCS:\n- {id: xx-new-1, endpoint: a}\n- {id: xx-new-1, endpoint: b}\n"],
    ["a region without an endpoint", "DCS:\n- {id: xx-new-1}\n"],
    ["another service", "ECS:\n- {id: xx-new-1, endpoint: https://ecs.example}\nDCS: []\n"],
    [
      "anchors and comments",
      "x: &e []\nDCS: # mine\n- &r {id: xx-new-1, endpoint: 'https://a.example'}\n",
    ],
  ]) {
    test(`with ${shown}`, async () => {
      const file = world.file("regions.yaml", String(text));
      const env = { HUAWEICLOUD_SDK_REGIONS_FILE: file };
      const { theirs, mine } = await both({ region: "xx-new-1", env });
      assert.equal(theirs.answer.error, undefined);
      assert.deepEqual(mine.answer, theirs.answer);
    });
  }
});
