// @ts-nocheck The types are those of packages that only this suite installs.
// Every file of examples/, as it stands, in its own runtime: a session that may swap, one that may look, and none.

import assert from "node:assert/strict";
import {
  cpSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { run, whileServed } from "../matrix/lib/process.mjs";
import * as emulator from "../node/support/emulator.mjs";
import { asking, newKey, puts, swapOf } from "./support/back-end.mjs";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const HERE = join(ROOT, "tests/server");
const PACKAGE = process.env.DCS_PKG ?? join(ROOT, "pkg");
/** The examples in a project of their own, as a user has them. */
const WORK = join(ROOT, "target/server");
const require = createRequire(join(HERE, "package.json"));

const sessions = {
  ops: { name: "li.lei", maySwap: true },
  viewer: { name: "han.mei", maySwap: false },
};
const { ak, sk } = await emulator.newKey();
const env = {
  PORT: "0",
  HOST: "127.0.0.1",
  AUDIT: join(WORK, "audit.jsonl"),
  DEMO_SESSIONS: JSON.stringify(sessions),
  HUAWEICLOUD_SDK_AK: ak,
  HUAWEICLOUD_SDK_SK: sk,
  HUAWEICLOUD_SDK_IAM_ENDPOINT: emulator.url,
  [`HUAWEICLOUD_SDK_REGION_DCS_${emulator.region.toUpperCase().replaceAll("-", "_")}`]:
    emulator.url,
};

before(() => {
  rmSync(WORK, { recursive: true, force: true });
  mkdirSync(join(WORK, "node_modules"), { recursive: true });
  for (const name of readdirSync(join(HERE, "node_modules"))) {
    symlinkSync(join(HERE, "node_modules", name), join(WORK, "node_modules", name));
  }
  cpSync(PACKAGE, join(WORK, "node_modules/huaweicloud-dcs"), { recursive: true });
  cpSync(join(ROOT, "examples"), WORK, { recursive: true });
  writeFileSync(join(WORK, "package.json"), JSON.stringify({ type: "module", private: true }));
});
after(() => rmSync(WORK, { recursive: true, force: true }));

/**
 * What each session is answered, and what arrives of it: one swap, of the one that may.
 * @param {ReturnType<typeof asking>} ask
 */
async function use(ask) {
  const instanceId = await emulator.newInstance();
  const as = (/** @type {string} */ session) => ({ Cookie: `session=${session}`, ...newKey() });

  assert.equal((await ask("GET /config")).status, 403, "without a session");
  const { json: config } = await ask("GET /config", { headers: as("viewer") });
  assert.deepEqual([config.user, config.readOnly], ["han.mei", true]);
  const read = await ask(`GET /v2/-/instances/${instanceId}`, { headers: as("viewer") });
  assert.equal(read.json.instance_id, instanceId);
  const refused = await ask(swapOf(instanceId), { headers: as("viewer") });
  assert.deepEqual([refused.status, refused.json.error_code], [403, "PROXY_FORBIDDEN"]);
  const crossSite = await ask(swapOf(instanceId), {
    headers: { ...as("ops"), Origin: "https://evil.example", "Sec-Fetch-Site": "cross-site" },
  });
  assert.deepEqual([crossSite.status, crossSite.json.error_code], [403, "PROXY_CROSS_SITE"]);
  assert.equal(await puts(instanceId), 0);

  const headers = as("ops");
  const swapped = await ask(swapOf(instanceId), { headers });
  assert.equal(swapped.status, 200, swapped.text);
  assert.ok(swapped.json.job_id);
  // As a browser repeats it on its own.
  const again = await ask(swapOf(instanceId), { headers });
  assert.equal(again.text, swapped.text);
  assert.equal(await puts(instanceId), 1);
  assert.equal((await emulator.counters(instanceId)).swaps_run, 1);
  assert.ok(!`${swapped.text}${read.text}${config.text}`.includes(sk));
}

const READY = /listening on (http:\S+)/;

/**
 * @param {string} program
 * @param {string[]} args
 * @param {RegExp} [ready]
 * @param {string} [folder]
 */
const served = (program, args, ready = READY, folder = ".") =>
  whileServed(program, args, { cwd: join(WORK, folder), env, ready, timeoutMs: 120_000 }, (url) =>
    use(asking((request) => fetch(request), url)),
  );

/** @param {string} name */
const tool = (name) => join(HERE, "node_modules/.bin", name);

const permissions = ["--allow-net", "--allow-env", "--allow-read", "--allow-write", "--allow-sys"];

describe("the example of", () => {
  test("node:http", () => served(process.execPath, ["node.mjs"]));
  test("Express", () => served(process.execPath, ["express.mjs"]));
  test("Hono", () => served(process.execPath, ["hono.mjs"]));
  test("Bun", () => served(tool("bun"), ["bun.mjs"]));
  test("Deno", () =>
    served(tool("deno"), ["run", "--node-modules-dir=manual", ...permissions, "deno.mjs"]));

  test("Nitro", { timeout: 600_000 }, async () => {
    await run(tool("nitro"), ["build"], { cwd: join(WORK, "nitro"), timeoutMs: 500_000 });
    await served(
      process.execPath,
      [".output/server/index.mjs"],
      /Listening on (http:\S+)/,
      "nitro",
    );
  });

  test("Next.js", { timeout: 600_000 }, async () => {
    const cwd = join(WORK, "next");
    await run(tool("next"), ["build", "--webpack"], { cwd, env, timeoutMs: 500_000 });
    const args = ["start", "--port=0", "--hostname=127.0.0.1"];
    await served(tool("next"), args, /Local:\s+(http:\S+)[\s\S]*Ready/, "next");
  });

  test("Workers", { timeout: 120_000 }, async () => {
    const { Miniflare } = require("miniflare");
    const { build } = require("esbuild");
    const outfile = join(WORK, "worker/worker.mjs");
    await build({
      entryPoints: [join(WORK, "worker.mjs")],
      outfile,
      bundle: true,
      format: "esm",
      conditions: ["workerd"],
      external: ["cloudflare:workers"],
      loader: { ".wasm": "copy" },
      logLevel: "error",
    });
    const miniflare = new Miniflare({
      rootPath: join(WORK, "worker"),
      modulesRoot: join(WORK, "worker"),
      scriptPath: outfile,
      modules: true,
      modulesRules: [{ type: "CompiledWasm", include: ["**/*.wasm"] }],
      compatibilityDate: "2026-01-01",
      durableObjects: { DCS: { className: "Dcs", useSQLite: true } },
      bindings: {
        HUAWEICLOUD_SDK_AK: ak,
        HUAWEICLOUD_SDK_SK: sk,
        ENDPOINT: emulator.url,
        DEMO_SESSIONS: JSON.stringify(
          Object.fromEntries(Object.entries(sessions).map(([id, of]) => [`session=${id}`, of])),
        ),
      },
    });
    try {
      const url = await miniflare.ready;
      await use(asking((request) => fetch(request), url.origin));
    } finally {
      await miniflare.dispose();
    }
  });
});

test("each example has fewer than 40 lines", () => {
  const files = readdirSync(join(ROOT, "examples"), { recursive: true, encoding: "utf8" });
  const sources = files.filter((file) => /\.m?jsx?$/.test(file));
  assert.ok(sources.length >= 8);
  for (const file of sources) {
    const lines = readFileSync(join(ROOT, "examples", file), "utf8")
      .trimEnd()
      .split("\n").length;
    assert.ok(lines < 40, `${file} has ${lines}`);
  }
});
