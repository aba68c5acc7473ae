// @ts-check
// The command behind an HTTP proxy, with every Node at hand.
import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { after, before, describe, test } from "node:test";
import { QUICK, WHERE, config, emulator, newInstance, newKey, run, truth } from "./command.mjs";
import { startTunnel } from "./tunnel.mjs";

/** The names of the real service; no request to them may leave this machine. */
const HOSTS = [`dcs.${config.region}.myhuaweicloud.com`, "iam.myhuaweicloud.com"];
const REAL = ["--region", config.region, "--project-id", config.project_id];

/** Nodes that the matrix has installed, beside this one. */
function nodes() {
  const folder = fileURLToPath(new URL("../../target/matrix/node_modules", import.meta.url));
  const found = existsSync(folder)
    ? readdirSync(folder).filter((name) => /^node-\d+/.test(name))
    : [];
  return [process.execPath, ...found.map((name) => join(folder, name, "bin/node"))].filter(
    existsSync,
  );
}

describe("a proxy that lets everybody in", () => {
  /** @type {Awaited<ReturnType<typeof startTunnel>>} */
  let tunnel;
  before(async () => {
    tunnel = await startTunnel(emulator.url, HOSTS);
  });
  after(() => tunnel.end());

  const trust = () => ({ NODE_EXTRA_CA_CERTS: tunnel.certificate });

  for (const node of nodes()) {
    for (const [name, more] of /** @type {[string, Record<string, string>][]} */ ([
      ["HTTPS_PROXY", {}],
      ["HTTPS_PROXY, with Node's own support for it", { NODE_USE_ENV_PROXY: "1" }],
    ])) {
      test(`${name}: a whole switchover goes through (${node})`, async () => {
        tunnel.asked.length = 0;
        const id = await newInstance();
        const { code, err } = await run(["switchover", id, ...REAL, ...QUICK, "--yes"], {
          more: { ...trust(), HTTPS_PROXY: tunnel.url, ...more },
          node,
        });
        assert.equal(code, 0, err);
        assert.ok(tunnel.asked.length >= 4);
        assert.deepEqual([...new Set(tunnel.asked)], [`CONNECT ${HOSTS[0]}:443`]);
        assert.equal((await truth(id)).counters.swap_requests, 1);
      });
    }
  }

  test("https_proxy in lower case, and --proxy", async () => {
    const id = await newInstance();
    for (const [args, more] of /** @type {[string[], Record<string, string>][]} */ ([
      [[], { https_proxy: tunnel.url }],
      [["--proxy", tunnel.url], {}],
      [["--proxy", tunnel.url], { HTTPS_PROXY: "http://127.0.0.1:1" }],
    ])) {
      tunnel.asked.length = 0;
      const how = { more: { ...trust(), ...more } };
      const { code, err } = await run(["roles", id, ...REAL, ...args], how);
      assert.equal(code, 0, err);
      assert.deepEqual(tunnel.asked, [`CONNECT ${HOSTS[0]}:443`]);
    }
  });

  test("--proxy also tunnels plain http, which only a local service has", async () => {
    tunnel.asked.length = 0;
    const { code, err } = await run(["instances", ...WHERE, "--proxy", tunnel.url]);
    assert.equal(code, 0, err);
    assert.deepEqual([...new Set(tunnel.asked)], [`CONNECT ${new URL(emulator.url).host}`]);
  });

  test("NO_PROXY goes around it, and so does an empty --proxy", async () => {
    tunnel.asked.length = 0;
    const more = { HTTP_PROXY: tunnel.url, NO_PROXY: "127.0.0.1,.example" };
    assert.equal((await run(["instances", ...WHERE], { more })).code, 0);
    const named = { HTTP_PROXY: tunnel.url, NODE_USE_ENV_PROXY: "1" };
    assert.equal((await run(["instances", ...WHERE, "--proxy", ""], { more: named })).code, 0);
    assert.deepEqual(tunnel.asked, []);
  });

  test("a certificate that is not trusted is refused, tunnel or not", async () => {
    const { code, err } = await run(["instances", ...REAL, "--proxy", tunnel.url]);
    assert.equal(code, 1);
    assert.match(err, /certificate/);
  });
});

test("a proxy with a user and password", async () => {
  const tunnel = await startTunnel(emulator.url, HOSTS, { password: "me:s3cret-of-proxy" });
  try {
    const more = { NODE_EXTRA_CA_CERTS: tunnel.certificate, DEBUG: "*" };
    const through = tunnel.url.replace("//", "//me:s3cret-of-proxy@");
    const good = await run(["instances", ...REAL, "--proxy", through], { more });
    assert.equal(good.code, 0, good.err);
    const wrong = through.replace("me:", "you:");
    const bad = await run(["instances", ...REAL, "--proxy", wrong], { more });
    assert.equal(bad.code, 1);
    assert.match(bad.err, /the proxy 127\.0\.0\.1:\d+ opens no tunnel \(HTTP 407/);
    assert.ok(![good, bad].some(({ out, err }) => (out + err).includes("s3cret-of-proxy")));
  } finally {
    await tunnel.end();
  }
});

test("a proxy that opens no tunnel is not taken for the service: nothing ran", async () => {
  const tunnel = await startTunnel(emulator.url, HOSTS, { status: 403 });
  try {
    const id = await newInstance();
    const args = [id, ...REAL, ...QUICK, "--yes", "--proxy", tunnel.url];
    const { code, err } = await run(["switchover", ...args]);
    assert.equal(code, 1);
    assert.match(err, /opens no tunnel \(HTTP 403\)/);
    assert.equal((await truth(id)).counters.swap_requests, 0);
  } finally {
    await tunnel.end();
  }
});

test("a proxy that does not answer is named", async () => {
  const { code, err } = await run(["instances", ...REAL, "--proxy", "http://127.0.0.1:1"]);
  assert.equal(code, 1);
  assert.match(err, /127\.0\.0\.1:1/);
});

test("the secret of a key is not among what the proxy sees", async () => {
  // All it sees is CONNECT; the key's id is in the tunnel.
  const tunnel = await startTunnel(emulator.url, HOSTS);
  try {
    const env = await newKey();
    const more = { NODE_EXTRA_CA_CERTS: tunnel.certificate };
    await run(["instances", ...REAL, "--proxy", tunnel.url], { env, more });
    assert.ok(tunnel.asked.every((line) => /^CONNECT \S+:443$/.test(line)));
  } finally {
    await tunnel.end();
  }
});
