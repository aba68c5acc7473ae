// @ts-check
// The chain beyond what the official core has, sources by their names, and the endpoints of regions.

import assert from "node:assert/strict";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { after, before, beforeEach, describe, test } from "node:test";
import * as credentials from "../../pkg-template/credentials.mjs";
import { endpointsIn } from "../../pkg-template/lib/providers.mjs";
import { regionalIam, regionalSts } from "../../pkg-template/lib/providers/endpoints.mjs";
import { MARKER, StandIn } from "./support/stand-in.mjs";
import { World, failure, redirectMetadata, told } from "./support/world.mjs";

const service = new StandIn();
const world = new World();

before(() => service.open());
after(() => {
  service.close();
  world.end();
});
beforeEach((t) => {
  service.reset();
  // There is no metadata service, unless a test says so.
  service.faults.metadataKey = { status: 404 };
  rmSync(join(world.folder, ".hcloud"), { recursive: true, force: true });
  world.set({
    HUAWEICLOUD_SDK_IAM_ENDPOINT: service.url,
    HUAWEICLOUD_SDK_STS_ENDPOINT: service.url,
  });
  redirectMetadata(/** @type {import("node:test").TestContext} */ (t), service.url);
});

const ENV = { HUAWEICLOUD_SDK_AK: "ENV", HUAWEICLOUD_SDK_SK: MARKER };
const HW = { HW_ACCESS_KEY: "HW", HW_SECRET_KEY: MARKER };

function writeKooCli() {
  mkdirSync(join(world.folder, ".hcloud"), { recursive: true });
  const profile = { mode: "AKSK", secretAccessKey: MARKER };
  const profiles = ["default", "terraform"].map((name) => ({
    ...profile,
    ...{ name, accessKeyId: `KOO-${name}` },
  }));
  world.file(".hcloud/config.json", JSON.stringify({ current: "default", profiles }));
}

describe("the chain", () => {
  test("asks KooCLI and then Terraform last", async () => {
    Object.assign(process.env, HW);
    assert.equal((await credentials.fromChain()()).ak, "HW");
    writeKooCli();
    assert.equal((await credentials.fromChain()()).ak, "KOO-default");
    delete service.faults.metadataKey;
    assert.match((await credentials.fromChain()()).ak, /^TEMP/);
    Object.assign(process.env, ENV);
    assert.equal((await credentials.fromChain()()).ak, "ENV");
  });

  test("stays with the provider that it took, also when that fails later", async (t) => {
    world.file("token", "a.token");
    Object.assign(process.env, HW, {
      HUAWEICLOUD_SDK_IDP_ID: "idp",
      HUAWEICLOUD_SDK_ID_TOKEN_FILE: join(world.folder, "token"),
    });
    const chain = credentials.fromChain();
    assert.match((await chain()).ak, /^TEMP/);
    service.faults.idToken = { status: 500 };
    const now = Date.now();
    t.mock.method(Date, "now", () => now + 48 * 3_600_000);
    assert.match((await failure(chain())).message, /^identity provider: HTTP 500/);
    Object.assign(process.env, ENV);
    assert.match((await failure(chain())).message, /^identity provider: HTTP 500/);
  });

  test("does not act as somebody else when a provider that is set up fails", async () => {
    world.file("token", "a.token");
    Object.assign(process.env, HW, ENV, {
      HUAWEICLOUD_OIDC_PROVIDER_URN: "p",
      HUAWEICLOUD_OIDC_AGENCY_URN: "a",
      HUAWEICLOUD_OIDC_TOKEN_FILE: join(world.folder, "token"),
    });
    service.faults.oidc = {
      status: 403,
      body: { error_code: "STS.1", error_msg: "wrong audience" },
    };
    const error = await failure(credentials.fromChain()());
    assert.match(error.message, /^OIDC at STS: HTTP 403: STS\.1 wrong audience; asked with/);
    const file = world.file("profile", Buffer.from("\ufeff[basic]", "utf16le"));
    world.set({ ...HW, HUAWEICLOUD_SDK_CREDENTIALS_FILE: file });
    assert.match((await failure(credentials.fromChain()())).message, /^profile file: .* UTF-16/);
  });

  describe("ends at what is set up by half, for the next one is somebody else", () => {
    const broken = (/** @type {string} */ name, /** @type {string} */ text) =>
      world.file(name, text);
    /** @type {[string, () => Record<string, string>, RegExp][]} */
    const cases = [
      ["no secret", () => ({ HUAWEICLOUD_SDK_AK: "A" }), /^environment: HUAWEICLOUD_SDK_SK is/],
      [
        "a secret alone",
        () => ({ HUAWEICLOUD_SDK_SK: MARKER }),
        /^environment: HUAWEICLOUD_SDK_AK/,
      ],
      [
        "an empty secret",
        () => ({ HUAWEICLOUD_SDK_AK: "A", HUAWEICLOUD_SDK_SK: "" }),
        /^environment: HUAWEICLOUD_SDK_SK is missing/,
      ],
      ["that of the samples", () => ({ CLOUD_SDK_AK: "A" }), /^environment: CLOUD_SDK_SK is/],
      ["no token file", () => ({ HUAWEICLOUD_SDK_IDP_ID: "i" }), /_ID_TOKEN_FILE is missing/],
      ["no provider", () => ({ HUAWEICLOUD_SDK_ID_TOKEN_FILE: "/f" }), /_IDP_ID is missing/],
      [
        "a named file that is not there",
        () => ({ HUAWEICLOUD_SDK_CREDENTIALS_FILE: join(world.folder, "absent") }),
        /^profile file: .*absent cannot be read/,
      ],
      [
        "a folder",
        () => ({ HUAWEICLOUD_SDK_CREDENTIALS_FILE: world.folder }),
        /^profile file: .* is a directory/,
      ],
      [
        "a file without a secret",
        () => ({ HUAWEICLOUD_SDK_CREDENTIALS_FILE: broken("half", "[basic]\nak=A\n") }),
        /^profile file: .*half has neither/,
      ],
      [
        "a file without its section",
        () => ({ HUAWEICLOUD_SDK_CREDENTIALS_FILE: broken("none", "[global]\nak=A\n") }),
        /^profile file: no section \[basic\]/,
      ],
      ["no agency", () => ({ HUAWEICLOUD_OIDC_PROVIDER_URN: "p" }), /^OIDC at STS: .*_AGENCY_URN/],
      [
        "no token",
        () => ({ HUAWEICLOUD_OIDC_PROVIDER_URN: "p", HUAWEICLOUD_OIDC_AGENCY_URN: "a" }),
        /^OIDC at STS: .*_TOKEN_FILE/,
      ],
      [
        "no token of the pod",
        () => ({ HC_CONTAINER_CREDENTIALS_FULL_URI: "http://127.0.0.1:9/" }),
        /^pod identity: HC_CONTAINER_AUTHORIZATION_TOKEN_FILE is not set/,
      ],
    ];
    for (const [shown, variables, message] of cases) {
      test(shown, async () => {
        Object.assign(process.env, HW, variables());
        const error = await failure(credentials.fromChain()());
        assert.match(error.message, message);
        assert.ok(!told(error).includes("MARKER"));
      });
    }

    for (const [name, text, message] of /** @type {[string, string | undefined, RegExp][]} */ ([
      [".huaweicloud/credentials", "[basic]\nsk=MARKER\n", /^profile file: .*has neither/],
      [".huaweicloud/credentials", undefined, /^profile file: .*is a directory/],
      [
        ".hcloud/config.json",
        '{"profiles":[{"name":"default","mode":"AKSK","accessKeyId":"A"}]}',
        /^KooCLI: .*has no secret key/,
      ],
      [".hcloud/config.json", undefined, /^KooCLI: .*is a directory/],
    ])) {
      test(`${name} at home, ${text ?? "a folder"}`, async () => {
        const path = join(world.folder, name);
        mkdirSync(text === undefined ? path : join(path, ".."), { recursive: true });
        if (text !== undefined) world.file(name, text);
        Object.assign(process.env, HW);
        try {
          assert.match((await failure(credentials.fromChain()())).message, message);
        } finally {
          rmSync(join(path, ".."), { recursive: true });
        }
      });
    }

    test("not at a home without files, or one that is no folder", async () => {
      for (const HOME of [world.folder, join(world.folder, "absent"), world.file("file", "")]) {
        Object.assign(process.env, HW, { HOME });
        assert.equal((await credentials.fromChain()()).ak, "HW");
      }
    });
  });

  test("ends at half of Terraform's variables", async () => {
    Object.assign(process.env, { HW_ACCESS_KEY: "A" });
    assert.match(
      (await failure(credentials.fromChain()())).message,
      /^Terraform: HW_SECRET_KEY is not set/,
    );
  });

  test("searches once for 200 callers, and keeps a key without an end", async () => {
    world.set({ ...ENV });
    const chain = credentials.fromChain();
    const keys = await Promise.all(Array.from({ length: 200 }, () => chain()));
    assert.equal(new Set(keys).size, 1);
    world.set();
    assert.equal(await chain(), keys[0]);
  });

  test("says of each provider what is missing, and searches again for the next call", async () => {
    const chain = credentials.fromChain();
    const error = await failure(chain());
    for (const name of [
      ...["OIDC at STS", "environment", "profile file", "metadata service", "pod identity"],
      ...["KooCLI", "Terraform"],
    ]) {
      assert.ok(error.message.includes(`${name}: `), `${name}: ${error.message}`);
    }
    assert.ok(!told(error).includes("MARKER"));
    Object.assign(process.env, ENV);
    assert.equal((await chain()).ak, "ENV");
  });
});

test("a source is taken by its name, first and alone", async () => {
  writeKooCli();
  Object.assign(process.env, ENV, HW);
  for (const [name, ak] of [
    ["environment", "ENV"],
    ["terraform", "HW"],
    ["koocli", "KOO-default"],
    ["koocli:terraform", "KOO-terraform"],
    ["default", "KOO-default"],
  ]) {
    assert.equal((await credentials.fromNamed(String(name))()).ak, ak, name);
  }
  const error = await failure(credentials.fromNamed("prod")());
  assert.match(error.message, /config\.json has no profile "prod"; there are default, terraform/);
  assert.match((await failure(credentials.fromNamed("oidc")())).message, /^OIDC at STS: /);
});

test("Terraform's project is taken in its own region", async () => {
  const project = "0".repeat(32);
  Object.assign(process.env, HW, { HW_PROJECT_ID: project, HW_REGION_NAME: "cn-north-4" });
  Object.assign(process.env, { HW_SECURITY_TOKEN: "t" });
  const key = { ak: "HW", sk: MARKER, securityToken: "t" };
  assert.deepEqual(await credentials.fromTerraform()(), { ...key, projectId: project });
  assert.deepEqual(await credentials.fromTerraform({ region: "cn-east-3" })(), key);
});

test("IAM and STS are asked in the region of the client, as facts/regions.tsv has them", () => {
  const table = readFileSync(new URL("../../facts/regions.tsv", import.meta.url), "utf8");
  const rows = table.trim().split("\n").slice(1);
  assert.ok(rows.length > 30);
  for (const row of rows) {
    const [id, , iam, sts] = row.split("\t");
    assert.equal(regionalIam(id), iam || "https://iam.myhuaweicloud.com", id);
    assert.equal(regionalSts(id), sts || "https://sts.cn-north-4.myhuaweicloud.com", id);
  }
  assert.equal(regionalIam("xx-new-1"), "https://iam.myhuaweicloud.com");
});

test("the licence of the YAML reader, which is bundled, is in the package", () => {
  const read = (/** @type {string} */ path) =>
    readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
  assert.equal(read("pkg-template/LICENSE-js-yaml"), read("node_modules/js-yaml/LICENSE"));
});

describe("a regions file", () => {
  for (const [shown, content, part] of /** @type {[string, string | Buffer, RegExp][]} */ ([
    ["that is no YAML", "DCS: [\n", /no YAML: see line \d/],
    ["that is a text", "DCS", /must name services/],
    ["with a text for a list", "DCS: https://x\n", /list of regions under DCS/],
    ["with a number", "DCS:\n- {id: xx-new-1, endpoint: 7}\n", /no text/],
    ["in UTF-16", Buffer.from("\ufeffDCS: []", "utf16le"), /UTF-16/],
    ["with tags that make objects", "DCS: !!js/function 'x'\n", /no YAML/],
  ])) {
    test(shown, async () => {
      const file = world.file("regions.yaml", content);
      const error = await failure(endpointsIn(file, "xx-new-1"));
      assert.ok(error.message.startsWith(`regions file: ${file} `), error.message);
      assert.match(error.message, part);
    });
  }

  test("that is empty, or names other regions, changes nothing", async () => {
    for (const text of ["", "# none\n", "DCS:\n- {id: other, endpoint: x}\n- 7\n- null\n"]) {
      const file = world.file("regions.yaml", text);
      assert.equal(await endpointsIn(file, "xx-new-1"), undefined);
    }
  });

  test("of aliases that grow beyond measure is read in no time", async () => {
    const lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"];
    for (let at = 1; at < 12; at++) {
      const alias = `*a${at - 1}`;
      lines.push(`a${at}: &a${at} [${Array(10).fill(alias).join(", ")}]`);
    }
    const file = world.file("regions.yaml", `${lines.join("\n")}\nDCS: []\n`);
    const start = performance.now();
    await endpointsIn(file, "xx-new-1").catch(() => {});
    assert.ok(performance.now() - start < 2000);
  });
});
