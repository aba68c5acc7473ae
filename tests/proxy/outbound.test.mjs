// @ts-check
// The samples of docs/proxies.md for programs behind an HTTP proxy, each in its own runtime: all that leaves is CONNECT.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { after, before, test } from "node:test";
import { startTunnel } from "../cli/tunnel.mjs";
import * as emulator from "../node/support/emulator.mjs";

const HOST = "dcs.cn-north-4.myhuaweicloud.com";
const FOLDER = fileURLToPath(new URL("outbound", import.meta.url));
/** Runtimes that the matrix has installed. */
const TOOLS = fileURLToPath(new URL("../../target/matrix/node_modules", import.meta.url));

/** @param {string} scope @param {RegExp} name @param {string} program */
function found(scope, name, program) {
  const folder = join(TOOLS, scope);
  const names = existsSync(folder) ? readdirSync(folder).filter((own) => name.test(own)) : [];
  return names.map((own) => join(folder, own, program)).filter(existsSync);
}

const nodes = [process.execPath, ...found("", /^node-\d/, "bin/node")];
const [bun] = found("@oven", /^bun-/, "bin/bun");
const [deno] = found("@deno", /./, "deno");

/** @type {Awaited<ReturnType<typeof startTunnel>>} */
let tunnel;
before(async () => {
  tunnel = await startTunnel(emulator.url, [HOST]);
});
after(() => tunnel.end());

/**
 * Runs a sample; it must swap once, and send everything through the tunnel.
 * @param {string} program @param {string[]} args @param {Record<string, string>} more
 */
async function swaps(program, args, more) {
  tunnel.asked.length = 0;
  const id = await emulator.newInstance();
  const { ak, sk } = await emulator.newKey();
  const env = {
    PATH: process.env.PATH ?? "",
    HOME: "/nonexistent",
    HUAWEICLOUD_SDK_AK: ak,
    HUAWEICLOUD_SDK_SK: sk,
    HUAWEICLOUD_SDK_PROJECT_ID: emulator.projectId,
    NODE_EXTRA_CA_CERTS: tunnel.certificate,
    DENO_CERT: tunnel.certificate,
    // Else Deno asks its maker for a newer one, through the proxy too.
    DENO_NO_UPDATE_CHECK: "1",
    ...more,
  };
  const child = spawn(program, [...args, id], { cwd: FOLDER, env, timeout: 60_000 });
  let text = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (chunk) => (text += chunk));
  await new Promise((resolve) => child.once("close", resolve));
  assert.match(text, /^swapped$/m);
  assert.ok(tunnel.asked.length > 0, "nothing went through the proxy");
  assert.deepEqual([...new Set(tunnel.asked)], [`CONNECT ${HOST}:443`]);
  assert.equal((await emulator.counters(id)).swap_requests, 1);
}

for (const node of nodes) {
  test(`Node, with undici's agent: ${node}`, () =>
    swaps(node, ["node.mjs"], { HTTPS_PROXY: tunnel.url }));
}

const supporting = nodes.filter((node) => /node-(24|22)\//.test(node));
for (const node of supporting) {
  test(`Node, told to read the environment: ${node}`, () =>
    swaps(node, ["environment.mjs"], { HTTPS_PROXY: tunnel.url, NODE_USE_ENV_PROXY: "1" }));
}

const without = { skip: "the matrix has not installed it" };
test("Bun, with an option of its fetch", bun ? {} : without, () =>
  swaps(bun ?? "", ["bun.mjs"], { MY_PROXY: tunnel.url }),
);
test("Bun reads the environment", bun ? {} : without, () =>
  swaps(bun ?? "", ["environment.mjs"], { HTTPS_PROXY: tunnel.url }),
);
const allowed = ["run", "--no-prompt", "--allow-net", "--allow-env", "--allow-read"];
test("Deno, with a client of its own", deno ? {} : without, () =>
  swaps(deno ?? "", [...allowed, "deno.mjs"], { MY_PROXY: tunnel.url }),
);
test("Deno reads the environment", deno ? {} : without, () =>
  swaps(deno ?? "", [...allowed, "environment.mjs"], { HTTPS_PROXY: tunnel.url }),
);
