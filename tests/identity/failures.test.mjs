// @ts-check
// What each provider says when it cannot give a key: its name, its file, the reason, and no secret.

import assert from "node:assert/strict";
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { after, before, beforeEach, describe, test } from "node:test";
import * as credentials from "../../pkg-template/credentials.mjs";
import { MARKER, StandIn } from "./support/stand-in.mjs";
import { World, failure, told } from "./support/world.mjs";

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

/** @param {Promise<unknown>} promise @param {(string | RegExp)[]} parts @returns {Promise<void>} */
async function says(promise, ...parts) {
  const error = await failure(promise);
  for (const part of parts) {
    if (typeof part === "string") assert.ok(error.message.includes(part), error.message);
    else assert.match(error.message, part);
  }
  assert.ok(!told(error).includes("MARKER"), `a secret is told: ${told(error)}`);
}

const idToken = () => world.file("id-token", `${MARKER}-id-token`);
const pod = (/** @type {object} */ more = {}) =>
  credentials.fromPodIdentity({
    ...{ uri: `${service.url}/v1/credentials`, tokenFile: idToken(), ...more },
  });
const idp = (/** @type {object} */ more = {}) =>
  credentials.fromIdentityProvider({
    ...{ idpId: "idp", idTokenFile: idToken(), iamEndpoint: service.url, ...more },
  });
const oidc = (/** @type {object} */ more = {}) =>
  credentials.fromOidc({
    ...{ providerUrn: "p", agencyUrn: "a", idTokenFile: idToken(), stsEndpoint: service.url },
    ...{ ...more },
  });
const metadata = (/** @type {object} */ more = {}) =>
  credentials.fromMetadata({ endpoint: service.url, timeoutMs: 30_000, ...more });

/** Each provider over HTTP: its name, the service that gives the key, and whether it shows a token. */
const PROVIDERS = /** @type {const} */ ([
  ["metadata service", "metadataKey", metadata],
  ["pod identity", "podIdentity", pod],
  ["identity provider", "securityToken", idp],
  ["identity provider", "idToken", idp],
  ["OIDC at STS", "oidc", oidc],
]);

const GIVING = /** @type {const} */ ({ access: "A", secret: MARKER, securitytoken: MARKER });
const soon = new Date(Date.now() + 3_600_000).toISOString();

for (const [name, kind, make] of PROVIDERS) {
  describe(`${name}, ${kind}`, () => {
    for (const [shown, fault, part] of /** @type {[string, any, RegExp][]} */ ([
      ["hangs", { hang: true }, /did not answer within 200 ms/],
      ["sends without end", { endless: true, body: "{" }, /larger than 1048576 bytes/],
      ["redirects", { status: 302, headers: { location: "http://127.0.0.1:9/" } }, /redirect/],
      ["answers 500", { status: 500, body: "<html>" }, /HTTP 500/],
      ["answers 429", { status: 429 }, /HTTP 429/],
      [
        "repeats the token in its refusal",
        { status: 403, body: { error_code: "IAM.0001", error_msg: `no ${MARKER}-id-token` } },
        /HTTP 403: IAM\.0001 no …/,
      ],
    ])) {
      test(`that ${shown}`, async () => {
        service.faults[kind] = fault;
        await says(make(fault.hang && { timeoutMs: 200 })(), new RegExp(`^${name}: `), part);
      });
    }
    if (kind === "idToken") return;
    for (const [shown, body, part] of /** @type {[string, unknown, RegExp][]} */ ([
      ["no JSON", `${MARKER} <html>`, /no JSON/],
      ["JSON that is cut", `{"credential":{"secret":"${MARKER}`, /no JSON/],
      ["null", "null", /holds no key/],
      ["a list", "[]", /holds no key/],
      ["a text", `"${MARKER}"`, /holds no key/],
      ["no credential", {}, /holds no key/],
      ["a credential of null", { credential: null }, /holds no key/],
      ["a credential that is a text", { credential: MARKER }, /holds no key/],
      ["numbers", { credential: { access: 1, secret: 2, securitytoken: 3 } }, /holds no key/],
      ["no secret", { credential: { access: "A", expires_at: soon } }, /holds no key/],
      [
        "no security token",
        { credential: { ...GIVING, securitytoken: "", expires_at: soon } },
        /without its security token/,
      ],
      ["no end", { credential: GIVING }, /does not say when the key ends/],
      [
        "an end that is no date",
        { credential: { ...GIVING, expires_at: "soon" } },
        /when the key ends/,
      ],
      [
        "an end in the past",
        { credential: { ...GIVING, expires_at: "2020-01-08T03:50:07.574000Z" } },
        /ended at 2020-01-08T03:50:07\.574Z; is this machine's clock right\?/,
      ],
    ])) {
      test(`whose answer is ${shown}`, async () => {
        service.faults[kind] = { body };
        await says(make()(), new RegExp(`^${name}: `), part);
      });
    }
  });
}

describe("nobody listens", () => {
  const dead = "http://127.0.0.1:9";
  for (const [name, make] of /** @type {const} */ ([
    ["metadata service", () => metadata({ endpoint: dead })],
    ["pod identity", () => pod({ uri: `${dead}/v1/credentials` })],
    ["identity provider", () => idp({ iamEndpoint: dead })],
    ["OIDC at STS", () => oidc({ stsEndpoint: dead })],
  ])) {
    test(name, async () => {
      await says(make()(), new RegExp(`^${name}: no answer from 127\\.0\\.0\\.1:9`));
    });
  }
});

describe("an endpoint that must not be asked", () => {
  for (const [shown, make, part] of /** @type {[string, () => () => Promise<any>, RegExp][]} */ ([
    ["IAM by plain http", () => idp({ iamEndpoint: "http://iam.example" }), /plain http/],
    ["STS by plain http", () => oidc({ stsEndpoint: "http://sts.example" }), /plain http/],
    ["a pod's by plain http", () => pod({ uri: "http://agent.example/v1" }), /plain http/],
    ["metadata by plain http", () => metadata({ endpoint: "http://m.example" }), /plain http/],
    ["IAM at a link-local address", () => idp({ iamEndpoint: "http://169.254.1.1" }), /plain http/],
    ["a password in it", () => pod({ uri: `https://u:${MARKER}@agent.example/` }), /no user and/],
    ["a path", () => idp({ iamEndpoint: "https://iam.example/v3" }), /must be an origin/],
    ["no URL", () => oidc({ stsEndpoint: "sts.example" }), /absolute URL/],
    ["another protocol", () => pod({ uri: "file:///etc/passwd" }), /absolute URL/],
  ])) {
    test(shown, async () => {
      await says(make()(), part);
      assert.equal(service.asked.length, 0);
    });
  }
});

describe("a token file", () => {
  /** @type {[string, () => string, RegExp][]} */
  const files = [
    ["that is not there", () => join(world.folder, "absent"), /absent does not exist/],
    ["that is a folder", () => world.folder, /is a directory/],
    ["that is empty", () => world.file("empty", ""), /empty is empty/],
    ["of spaces", () => world.file("blank", " \n\t\n"), /blank is empty/],
    ["of two lines", () => world.file("two", `${MARKER}\n${MARKER}`), /two holds no token/],
    ["with NUL", () => world.file("nul", `${MARKER}\0`), /nul is not UTF-8/],
    [
      "in UTF-16",
      () => world.file("utf16", Buffer.from(`\ufeff${MARKER}`, "utf16le")),
      /utf16 is not UTF-8 but seems to be UTF-16/,
    ],
    [
      "that is no UTF-8",
      () => world.file("latin", Buffer.from([0x61, 0xe9, 0x62])),
      /latin is not/,
    ],
    ["with other letters", () => world.file("letters", "tökén"), /letters holds no token/],
    [
      "of 2 MB",
      () => world.file("huge", "x".repeat(2_000_000)),
      /huge is larger than 1048576 bytes/,
    ],
    ["without end", () => "/dev/zero", /is larger than 1048576 bytes/],
  ];
  for (const [shown, make, part] of files) {
    test(shown, async () => {
      const file = make();
      await says(pod({ tokenFile: file })(), /^pod identity: /, part);
      await says(idp({ idTokenFile: file })(), /^identity provider: /, part);
      await says(oidc({ idTokenFile: file })(), /^OIDC at STS: /, part);
      assert.equal(service.asked.length, 0);
    });
  }

  for (const [shown, content] of [
    ["with a line end after the token", "a.token\n"],
    ["with Windows' line end", "a.token\r\n"],
    ["with a byte order mark", "\ufeffa.token"],
    ["with spaces around it", "  a.token  "],
  ]) {
    test(`${shown} is read`, async () => {
      await pod({ tokenFile: world.file("fine", String(content)) })();
      assert.equal(service.asked[0]?.headers.authorization, "a.token");
    });
  }

  test("behind a link, as in a pod, is read", async () => {
    world.file("behind", "a.token");
    symlinkSync(join(world.folder, "behind"), join(world.folder, "link"));
    await pod({ tokenFile: join(world.folder, "link") })();
  });

  test("that is refused is named", async () => {
    service.tokens = new Set();
    const file = idToken();
    await says(pod()(), "HTTP 401", `asked with the token of ${file}`);
    await says(idp()(), "HTTP 401", `asked with the token of ${file}`);
    await says(oidc()(), "HTTP 403: STS.0001", `asked with the token of ${file}`);
  });
});

describe("a profile file", () => {
  /** @type {[string, () => string, RegExp][]} */
  const files = [
    [
      "in UTF-16",
      () => utf16("utf16-profile"),
      /utf16-profile is not UTF-8 but seems to be UTF-16/,
    ],
    [
      "in UTF-16 without a mark",
      () => world.file("bare", Buffer.from(`[basic]\nsk=${MARKER}`, "utf16le")),
      /bare is not UTF-8 but seems to be UTF-16/,
    ],
    ["of 2 MB", () => world.file("huge", "#".repeat(2_000_000)), /huge is larger than/],
    ["that is a folder", () => world.folder, /is a directory/],
    ["that is not there", () => join(world.folder, "absent"), /absent cannot be read/],
    ["that is empty", () => world.file("empty", ""), /no section \[basic\]/],
    [
      "with a key twice",
      () => world.file("twice", `[basic]\nsk=${MARKER}\nsk=${MARKER}`),
      /line 3/,
    ],
    ["with half a key", () => world.file("half", `[basic]\nsk=${MARKER}`), /half has neither/],
    [
      "whose token file is not there",
      () => world.file("p", "[basic]\nidp_id=i\nid_token_file=/nowhere/t"),
      /^identity provider: \/nowhere\/t does not exist/,
    ],
    [
      "whose endpoint of IAM is plain http",
      () =>
        world.file("q", `[basic]\nidp_id=i\nid_token_file=${idToken()}\niam_endpoint=http://i.x`),
      /plain http/,
    ],
  ];
  const utf16 = (/** @type {string} */ name) =>
    world.file(name, Buffer.from(`\ufeff[basic]\r\nak=A\r\nsk=${MARKER}\r\n`, "utf16le"));
  for (const [shown, make, part] of files) {
    test(shown, () => says(credentials.fromProfile({ path: make() })(), part));
  }

  test("with a byte order mark is read", async () => {
    const path = world.file("bom", `\ufeff[basic]\r\nak=A\r\nsk=${MARKER}\r\n`);
    assert.equal((await credentials.fromProfile({ path })()).ak, "A");
  });

  test("gives its endpoint of IAM along", async () => {
    const path = world.file(
      "iam",
      `[basic]\nak=A\nsk=${MARKER}\niam_endpoint=https://iam.example\n`,
    );
    const key = await credentials.fromProfile({ path })();
    assert.equal(key.iamEndpoint, "https://iam.example");
  });
});

describe("what is set by halves", () => {
  for (const [shown, make, variables, part] of /** @type {[string, any, any, RegExp][]} */ ([
    ["keys", credentials.fromEnv, { HUAWEICLOUD_SDK_AK: "A" }, /HUAWEICLOUD_SDK_SK is missing/],
    ["an idp", credentials.fromEnv, { HUAWEICLOUD_SDK_IDP_ID: "i" }, /_ID_TOKEN_FILE is missing/],
    ["a pod", credentials.fromPodIdentity, {}, /HC_CONTAINER_CREDENTIALS_FULL_URI is not set/],
    [
      "a pod without a token",
      credentials.fromPodIdentity,
      { HC_CONTAINER_CREDENTIALS_FULL_URI: "http://127.0.0.1:9" },
      /HC_CONTAINER_AUTHORIZATION_TOKEN_FILE is not set/,
    ],
    [
      "OIDC",
      credentials.fromOidc,
      { HUAWEICLOUD_OIDC_PROVIDER_URN: "p" },
      /_AGENCY_URN is not set/,
    ],
    ["Terraform", credentials.fromTerraform, { HW_ACCESS_KEY: "A" }, /HW_SECRET_KEY is not set/],
  ])) {
    test(shown, async () => {
      world.set(variables);
      await says(make()(), part);
    });
  }

  test("a life of a key that is no number", async () => {
    world.set({ HUAWEICLOUD_OIDC_DURATION_SECONDS: "1h" });
    await says(oidc()(), /HUAWEICLOUD_OIDC_DURATION_SECONDS must be a whole number of seconds/);
  });

  test("a function for the token that fails, or gives none", async () => {
    const thrown = await failure(oidc({ idToken: () => Promise.reject(new Error("no runner")) })());
    assert.equal(thrown.message, "OIDC at STS: idToken gave no token");
    assert.equal(/** @type {Error} */ (thrown.cause).message, "no runner");
    await says(oidc({ idToken: () => undefined })(), /idToken gave no token/);
    await says(oidc({ idToken: () => `${MARKER}\n${MARKER}` })(), /idToken holds no token/);
  });
});

describe("KooCLI", () => {
  const write = (/** @type {unknown} */ config) => {
    mkdirSync(join(world.folder, ".hcloud"), { recursive: true });
    const text = typeof config === "string" ? config : JSON.stringify(config);
    return world.file(".hcloud/config.json", text);
  };
  const profile = { name: "default", mode: "AKSK", accessKeyId: "A", secretAccessKey: MARKER };

  test("gives the key of the current profile, or of the one that is named", async () => {
    const other = { ...profile, name: "other", accessKeyId: "B", securityToken: "t" };
    const project = { projectId: "0".repeat(32), region: "cn-north-4" };
    write({
      current: "other",
      profiles: [{ ...profile, ...project }, other],
      authEncrypt: "false",
    });
    assert.deepEqual(await credentials.fromKooCli()(), { ak: "B", sk: MARKER, securityToken: "t" });
    const named = await credentials.fromKooCli({ profile: "default" })();
    assert.deepEqual(named, { ak: "A", sk: MARKER, projectId: "0".repeat(32) });
    const elsewhere = await credentials.fromKooCli({ profile: "default", region: "cn-east-3" })();
    assert.equal(elsewhere.projectId, undefined, "of another region");
  });

  for (const [shown, config, part] of /** @type {[string, unknown, RegExp][]} */ ([
    ["no JSON", `{"secretAccessKey":"${MARKER}"`, /config\.json is no JSON object/],
    ["a list", "[]", /no profile "default"; there are none/],
    ["null", "null", /is no JSON object/],
    ["no such profile", { current: "x", profiles: [profile] }, /no profile "x"; there are default/],
    ["encrypted keys", { authEncrypt: "true", profiles: [profile] }, /--cli-auth-encrypt=false/],
    [
      "another mode",
      { profiles: [{ ...profile, mode: "ecsAgency" }] },
      /mode ecsAgency.*fromMetadata/,
    ],
    ["no keys", { profiles: [{ name: "default", mode: "AKSK" }] }, /has no access key/],
    ["null for a profile", { profiles: [null] }, /no profile "default"/],
  ])) {
    test(`with ${shown}`, async () => {
      write(config);
      await says(credentials.fromKooCli()(), /^KooCLI: /, part);
    });
  }
});
