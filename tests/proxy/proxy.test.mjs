// @ts-check
// `via` through the two proxies of docs/proxies.md, in front of the emulator: nginx, and Vite's development server.
// Their configurations are the published ones, but for the address of the service.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { DcsClient, changeMasterStandbyAsync } from "huaweicloud-dcs";
import * as emulator from "../node/support/emulator.mjs";
import { refused } from "../node/support/expect.mjs";
import { freePort } from "../support/port.mjs";

const REAL = "https://dcs.cn-north-4.myhuaweicloud.com";

/** @typedef {{ origin: string, endpoint: string, end: () => Promise<void> }} Proxy */

/** @returns {Promise<Proxy>} */
async function nginx() {
  const folder = await mkdtemp(join(tmpdir(), "dcs-nginx-"));
  const port = await freePort();
  const text = await readFile(new URL("nginx.conf", import.meta.url), "utf8");
  const changed = text
    .replace("127.0.0.1:8080", `127.0.0.1:${port}`)
    .replace(`proxy_pass ${REAL}/;`, `proxy_pass ${emulator.url}/;`);
  assert.ok(!changed.includes(`proxy_pass ${REAL}`), "it goes to the emulator");
  await writeFile(join(folder, "nginx.conf"), changed);
  const args = ["-p", folder, "-c", "nginx.conf", "-g", "daemon off; error_log stderr warn;"];
  const child = spawn("nginx", args, { stdio: ["ignore", "inherit", "inherit"] });
  const origin = `http://127.0.0.1:${port}`;
  await until(`${origin}/dcs-proxy/v2/`);
  return {
    origin,
    // It sets Host to the real one, so calls are signed for that.
    endpoint: REAL,
    end: async () => {
      const exited = once(child, "exit");
      child.kill("SIGQUIT");
      await exited;
      await rm(folder, { recursive: true });
    },
  };
}

/** @returns {Promise<Proxy>} */
async function vite() {
  const require = createRequire(new URL("../../www/package.json", import.meta.url));
  const { createServer: createVite } = await import(pathToFileURL(require.resolve("vite")).href);
  const published = await import(new URL("vite.config.mjs", import.meta.url).href);
  const proxy = published.default.server.proxy["/dcs-proxy"];
  assert.equal(proxy.target, REAL);
  const server = await createVite({
    configFile: false,
    root: new URL(".", import.meta.url).pathname,
    logLevel: "silent",
    cacheDir: join(tmpdir(), "dcs-vite-cache"),
    optimizeDeps: { noDiscovery: true },
    server: {
      host: "127.0.0.1",
      port: await freePort(),
      watch: null,
      ws: false,
      proxy: { "/dcs-proxy": { ...proxy, target: emulator.url } },
    },
  });
  await server.listen();
  return {
    origin: `http://127.0.0.1:${server.config.server.port}`,
    // changeOrigin sends the host of the target.
    endpoint: emulator.url,
    end: () => server.close(),
  };
}

/** @param {string} url */
async function until(url) {
  for (let tries = 0; tries < 200; tries++) {
    if (
      await fetch(url).then(
        () => true,
        () => false,
      )
    )
      return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`${url} does not answer`);
}

for (const [name, start] of Object.entries({ nginx, vite })) {
  describe(name, () => {
    /** @type {Proxy} */
    let proxy;
    before(async () => {
      proxy = await start();
    });
    after(() => proxy.end());

    /** @param {Record<string, unknown>} [overrides] */
    async function target(overrides) {
      const options = await emulator.target(overrides);
      return { ...options, endpoint: proxy.endpoint, via: `${proxy.origin}/dcs-proxy` };
    }

    test("a whole switchover goes through", async () => {
      const { instanceId, ...options } = await target();
      const report = await new DcsClient(options).switchover({ instanceId, intervalMs: 50 });
      assert.equal(report.result, "swapped");
      const requests = await emulator.requestsFor(instanceId);
      assert.ok(requests.every((request) => request.path.startsWith("/v2/")));
      assert.equal((await emulator.counters(instanceId)).swap_requests, 1);
    });

    test("a query goes through as it was signed", async () => {
      const filter = { name: `${name}: a b&c=ü/主备+*'()` };
      const { instanceId, ...options } = await target(filter);
      const found = await new DcsClient(options).listInstances(filter);
      assert.deepEqual(
        found.instances.map((instance) => instance.instance_id),
        [instanceId],
      );
    });

    for (const algorithm of /** @type {const} */ (["SDK-HMAC-SM3", "V11-HMAC-SHA256"])) {
      test(`${algorithm} goes through`, async () => {
        const options = { ...(await target()), algorithm, region: emulator.region };
        assert.ok((await changeMasterStandbyAsync(options)).job_id);
      });
    }

    test("a temporary key goes through", async () => {
      const credentials = await emulator.newKey({ securityToken: "of-the-agency" });
      assert.ok((await changeMasterStandbyAsync({ ...(await target()), credentials })).job_id);
    });

    test("a wrong secret is refused by the service, with its words", async () => {
      const { credentials, ...options } = await target();
      const wrong = { ...options, credentials: { ...credentials, sk: "another" } };
      await refused(changeMasterStandbyAsync(wrong), "ServiceResponseError", {
        httpStatusCode: 401,
        error_code: "APIGW.0301",
        requestId: /^[0-9a-f]{32}$/,
        outcome: "rejected",
      });
    });

    for (const fault of [
      { kind: "drop_after" },
      { kind: "drop_before" },
      { kind: "status", status: 503 },
    ]) {
      test(`a swap whose answer is lost (${fault.kind}) is sent once by the proxy too`, async () => {
        const options = await target({ job_ms: 0 });
        await emulator.arm({ instance_id: options.instanceId }, fault, { times: 5 });
        const error = await changeMasterStandbyAsync(options).catch((reason) => reason);
        assert.equal(error.outcome, "unknown", String(error));
        await emulator.disarm();
        const { swap_requests, swaps_run } = await emulator.counters(options.instanceId);
        assert.deepEqual([swap_requests, swaps_run], [1, fault.kind === "drop_after" ? 1 : 0]);
      });
    }

    if (name === "nginx") {
      test("the browser gets a fresh connection for each request", async () => {
        const response = await fetch(`${proxy.origin}/dcs-proxy/v2/x`);
        assert.equal(response.headers.get("connection"), "close");
      });
    }
  });
}
