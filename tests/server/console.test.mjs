// @ts-check
// `huaweicloud-dcs console`, as it is started and attacked: by its output, its sockets, and what the emulator was asked.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import * as emulator from "../node/support/emulator.mjs";
import { newKey, OWN, puts } from "./support/back-end.mjs";
import { send, statuses } from "./support/raw.mjs";

const PACKAGE = process.env.DCS_PKG ?? fileURLToPath(new URL("../../pkg", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "dcs-console-"));
const credentials = await emulator.newKey();
/** @type {Set<import("node:child_process").ChildProcess>} */
const children = new Set();
after(() => {
  for (const child of children) child.kill("SIGKILL");
  rmSync(folder, { recursive: true });
});

let folders = 0;
const newFolder = () => join(folder, String(folders++));

/**
 * Starts it; gives its output as it comes, and how it ends.
 * @param {string[]} args
 * @param {Record<string, string | undefined>} [env]
 */
function start(args, env = {}) {
  const child = spawn(process.execPath, [join(PACKAGE, "cli.mjs"), "console", ...args], {
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      HUAWEICLOUD_DCS_STATE: newFolder(),
      HUAWEICLOUD_SDK_AK: credentials.ak,
      HUAWEICLOUD_SDK_SK: credentials.sk,
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.add(child);
  const console = {
    child,
    output: "",
    ended: /** @type {Promise<number | null>} */ (Promise.resolve(0)),
  };
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text) => (console.output += text));
  }
  console.ended = new Promise((resolve) => child.once("close", (code) => resolve(code)));
  return console;
}

const SERVICE = [
  "--region",
  emulator.region,
  "--endpoint",
  emulator.url,
  "--iam-endpoint",
  emulator.url,
];

/**
 * One that serves: its address, and requests as its page makes them.
 * @param {string[]} [args]
 * @param {Record<string, string | undefined>} [env]
 */
async function serve(args = [], env = {}) {
  const console = start([...SERVICE, ...args], env);
  const address = await new Promise((resolve, reject) => {
    const look = () => {
      const found = /http:\/\/\S+token=\S+/.exec(console.output)?.[0];
      if (found) resolve(found);
    };
    console.child.stdout?.on("data", look);
    console.ended.then((code) => reject(new Error(`it ended with ${code}: ${console.output}`)));
  });
  const { origin, pathname: base, port } = new URL(address);
  return { ...console, console, address, origin, base, port: Number(port) };
}

/** Opens the address; the cookie. @param {string} address */
async function open(address) {
  const response = await fetch(address, { redirect: "manual" });
  assert.equal(response.status, 200);
  return /** @type {string} */ (response.headers.get("set-cookie"));
}

/**
 * @param {{ origin: string, base: string }} at
 * @param {string} cookie
 */
const page =
  ({ origin, base }, cookie) =>
  /** @param {string} path @param {RequestInit & { headers?: Record<string, string> }} [init] */
  async (path, { headers, ...init } = {}) => {
    const [value = ""] = cookie.split(";");
    const all = { ...OWN, Cookie: value, ...headers };
    const response = await fetch(origin + base + path, {
      ...init,
      headers: all,
      redirect: "manual",
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  };

/** @param {string} instanceId */
const swapPath = (instanceId) => `dcs/v2/-/instances/${instanceId}/async-swap`;

describe("a console that serves", async () => {
  const audit = newFolder();
  const console = await serve(["--audit", audit]);
  const cookie = await open(console.address);
  const ask = page(console, cookie);

  test("says where its keys come from, who it acts as, and what may be done", () => {
    const { output } = console.console;
    const { ak } = credentials;
    assert.ok(
      output.includes(`access key ${ak.slice(0, 4)}…${ak.slice(-4)}, from the environment`),
      output,
    );
    assert.match(output, /Region: +cn-north-4/);
    assert.match(output, /You: +\S+@\S+, and may swap/);
    assert.match(output, /Ctrl\+C/);
    assert.ok(output.includes(audit));
  });

  test("gives a cookie that scripts and other sites do not get, once", async () => {
    assert.match(cookie, /^dcs-console=[\w-]{32}; Path=\/[\w-]{32}\/; HttpOnly; SameSite=Strict$/);
    const again = await fetch(console.address);
    assert.equal(again.status, 403);
    assert.equal(again.headers.get("set-cookie"), null);
    assert.match(await again.text(), /used already.*Ctrl\+C/);
  });

  test("serves its page, with a policy that lets it call nobody else", async () => {
    const { status, headers, text } = await ask("");
    assert.equal(status, 200);
    assert.match(text, /<!doctype html>/i);
    const policy = headers.get("content-security-policy") ?? "";
    assert.match(policy, /connect-src 'self';/);
    assert.match(policy, /frame-ancestors 'none'/);
    assert.equal(headers.get("referrer-policy"), "no-referrer");
    const config = JSON.parse((await ask("config.json")).text);
    assert.equal(config.server, `${console.base}dcs`);
  });

  test("swaps once, with a line for whoever watches and two of audit", async () => {
    const instanceId = await emulator.newInstance();
    const headers = newKey();
    const swapped = await ask(swapPath(instanceId), { method: "PUT", headers });
    assert.equal(swapped.status, 200, swapped.text);
    const again = await ask(swapPath(instanceId), { method: "PUT", headers });
    assert.equal(again.text, swapped.text);
    assert.equal(await puts(instanceId), 1);
    const lines = readFileSync(audit, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    assert.deepEqual(
      lines.map(({ outcome }) => outcome),
      ["sending", "accepted"],
    );
    assert.ok(lines.every((line) => line.instanceId === instanceId));
    assert.equal(statSync(audit).mode & 0o777, 0o600);
    assert.ok(console.console.output.includes(`swap of ${instanceId} in cn-north-4: accepted`));
  });

  describe("answers nobody else", () => {
    const raw = (
      /** @type {Record<string, string | undefined>} */ lines,
      method = "GET",
      path = "dcs/config",
    ) => {
      const headers = {
        Host: `127.0.0.1:${console.port}`,
        Cookie: cookie.split(";")[0],
        "X-Dcs-Request": "1",
        "Sec-Fetch-Site": "same-origin",
        ...lines,
      };
      const head = Object.entries(headers).filter(([, value]) => value !== undefined);
      return send(
        console.port,
        `${method} ${console.base}${path} HTTP/1.1\r\n${head.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`,
      );
    };
    test("(but its own page)", async () => assert.deepEqual(statuses(await raw({})), [200]));

    /** @type {[string, Record<string, string | undefined>, number][]} */
    const refused = [
      ["without the cookie", { Cookie: undefined }, 403],
      ["with another cookie", { Cookie: "dcs-console=x" }, 403],
      ["that calls it by a name", { Host: `localhost:${console.port}` }, 421],
      ["that was rebound to it", { Host: "evil.example", Origin: "http://evil.example" }, 421],
      [
        "of another port of this machine",
        { Origin: "http://127.0.0.1:1", "Sec-Fetch-Site": "same-site" },
        403,
      ],
      ["of another site", { Origin: "https://evil.example", "Sec-Fetch-Site": "cross-site" }, 403],
      ["that is a form", { "X-Dcs-Request": undefined }, 403],
    ];
    for (const [what, lines, status] of refused) {
      test(what, async () => {
        const instanceId = await emulator.newInstance();
        assert.deepEqual(statuses(await raw(lines)), [status]);
        const key = { ...lines, ...newKey(), "Content-Length": "0" };
        assert.deepEqual(statuses(await raw(key, "PUT", swapPath(instanceId))), [status]);
        assert.equal(await puts(instanceId), 0);
      });
    }

    test("who does not know its path", async () => {
      for (const path of ["/", "/dcs/config", `/${"x".repeat(32)}/dcs/config`]) {
        const [value = ""] = cookie.split(";");
        const { status } = await fetch(console.origin + path, {
          headers: { ...OWN, Cookie: value },
        });
        assert.equal(status, 404);
      }
    });

    test("who wants other files", async () => {
      for (const path of [
        "../cli.mjs",
        "%2e%2e/cli.mjs",
        "..%2fcli.mjs",
        "cli.mjs",
        "package.json",
        "__proto__",
      ]) {
        const found = statuses(await raw({}, "GET", path));
        assert.ok(found[0] === 404 || found[0] === 400, `${path}: ${found}`);
      }
    });
  });

  test("has the secret nowhere in its output", () => {
    assert.ok(!console.console.output.includes(credentials.sk));
    assert.ok(!readFileSync(audit, "utf8").includes(credentials.sk));
  });
});

test("a look at its address does not spend it", async () => {
  const { address, child } = await serve();
  for (const init of [{ method: "HEAD" }, { headers: { "Sec-Purpose": "prefetch" } }]) {
    assert.equal((await fetch(address, init)).status, 405);
  }
  await open(address);
  child.kill("SIGINT");
});

test("a guessed address is refused, and does not spend it", async () => {
  const { address, child } = await serve();
  const guessed = address.replace(/token=.*/, "token=x");
  assert.equal((await fetch(guessed)).status, 403);
  await open(address);
  child.kill("SIGINT");
});

test("with --read-only it swaps nothing, and says so", async () => {
  const at = await serve(["--read-only"]);
  assert.match(at.console.output, /read only: swaps are refused/);
  const ask = page(at, await open(at.address));
  const config = JSON.parse((await ask("dcs/config")).text);
  assert.equal(config.readOnly, true);
  const instanceId = await emulator.newInstance();
  const refused = await ask(swapPath(instanceId), { method: "PUT", headers: newKey() });
  assert.equal(refused.status, 403);
  assert.equal((await ask(`dcs/v2/-/instances/${instanceId}`)).status, 200);
  assert.equal(await puts(instanceId), 0);
  at.child.kill("SIGINT");
});

test(
  "with an audit that cannot be written it swaps nothing",
  { skip: process.platform !== "linux" },
  async () => {
    const at = await serve(["--audit", "/dev/full"]);
    const ask = page(at, await open(at.address));
    const instanceId = await emulator.newInstance();
    const refused = await ask(swapPath(instanceId), { method: "PUT", headers: newKey() });
    assert.equal(JSON.parse(refused.text).error_code, "PROXY_AUDIT");
    assert.match(at.console.output, /ENOSPC/);
    assert.equal(await puts(instanceId), 0);
    at.child.kill("SIGINT");
  },
);

describe("in one folder of state", () => {
  test("a second one says that one is running, until that has ended", async () => {
    const env = { HUAWEICLOUD_DCS_STATE: newFolder() };
    const first = await serve([], env);
    const second = start(SERVICE, env);
    assert.equal(await second.ended, 1);
    assert.match(second.output, /a console is running already: process \d+, since .*, at http:/);
    assert.ok(second.output.includes(String(first.child.pid)));
    assert.ok(!second.output.includes("token="));
    // And the first is none the worse.
    await open(first.address);
    first.child.kill("SIGINT");
    assert.equal(await first.ended, 0);
    assert.match(first.console.output, /The console has ended: as you asked/);
    assert.ok(!existsSync(join(env.HUAWEICLOUD_DCS_STATE, "console.json")));
    const third = await serve([], env);
    third.child.kill("SIGINT");
  });

  test("one of two enters, also when both find one that hangs", async () => {
    const hanging = createServer(() => {});
    await new Promise((resolve) => hanging.listen(0, "127.0.0.1", () => resolve(null)));
    const { port } = /** @type {import("node:net").AddressInfo} */ (hanging.address());
    const state = newFolder();
    mkdirSync(state);
    const dead = { id: "dead", pid: 1, url: `http://127.0.0.1:${port}`, startedAt: "then" };
    writeFileSync(join(state, "console.json"), JSON.stringify(dead));
    const first = serve([], { HUAWEICLOUD_DCS_STATE: state });
    // It asks the one that hangs before the first has given that up, and gets no answer when the first is there.
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const second = start(SERVICE, { HUAWEICLOUD_DCS_STATE: state });
    const { child } = await first;
    assert.equal(await second.ended, 1);
    assert.match(second.output, /a console is running already/);
    assert.deepEqual(readdirSync(state), ["console.json"]);
    child.kill("SIGINT");
    hanging.close();
  });

  test("one that was killed does not stand in the way", async () => {
    const env = { HUAWEICLOUD_DCS_STATE: newFolder() };
    const first = await serve([], env);
    first.child.kill("SIGKILL");
    await first.ended;
    assert.ok(existsSync(join(env.HUAWEICLOUD_DCS_STATE, "console.json")));
    const second = await serve([], env);
    second.child.kill("SIGINT");
  });
});

test("it ends by itself when nobody asks for anything", async () => {
  const { ended, console } = await serve(["--idle-minutes", "0.01"]);
  assert.equal(await ended, 0);
  assert.match(console.output, /The console has ended: nobody has asked/);
});

test("a swap under way is not left without its answer", async () => {
  const at = await serve();
  const ask = page(at, await open(at.address));
  const instanceId = await emulator.newInstance();
  await emulator.arm({ instance_id: instanceId }, { kind: "delay", ms: 800 });
  const swapped = ask(swapPath(instanceId), { method: "PUT", headers: newKey() });
  while ((await puts(instanceId)) === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  at.child.kill("SIGINT");
  assert.equal((await swapped).status, 200);
  assert.equal(await at.ended, 0);
});

test("while it waits for a swap no other one begins; told twice to end, it says that the swap runs on", async () => {
  const audit = join(folder, "audit-of-an-end");
  const at = await serve(["--audit", audit]);
  const ask = page(at, await open(at.address));
  const [first, second] = [await emulator.newInstance(), await emulator.newInstance()];
  await emulator.arm({ instance_id: first }, { kind: "delay", ms: 8000 });
  const swapped = ask(swapPath(first), { method: "PUT", headers: newKey() }).catch(() => {});
  const until = async (/** @type {() => boolean} */ holds) => {
    for (let tries = 0; !holds(); tries += 1) {
      assert.ok(tries < 300, at.console.output);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  await until(() => existsSync(audit) && readFileSync(audit, "utf8").includes("sending"));
  at.child.kill("SIGINT");
  await until(() => at.console.output.includes("Waiting for the answers"));
  const other = await ask(swapPath(second), { method: "PUT", headers: newKey() });
  assert.equal(other.status, 403);
  at.child.kill("SIGINT");
  assert.equal(await at.ended, 3);
  assert.match(at.console.output, new RegExp(`${first}: unknown: its swap may have run`));
  assert.equal(await puts(second), 0);
  await swapped;
});

describe("it says what is missing", () => {
  test("of keys, with every place that it looked at", async () => {
    const env = { HUAWEICLOUD_SDK_AK: undefined, HUAWEICLOUD_SDK_SK: undefined };
    const { ended, console } = ((started) => ({ ...started, console: started }))(
      start(SERVICE, env),
    );
    assert.equal(await ended, 1);
    for (const said of [
      /no keys were found/,
      /environment: /,
      /profile file: /,
      /metadata service: /,
      /Set HUAWEICLOUD_SDK_AK/,
    ]) {
      assert.match(console.output, said);
    }
  });

  test("of a key without its secret, and acts as nobody else", async () => {
    const HOME = newFolder();
    mkdirSync(join(HOME, ".huaweicloud"), { recursive: true });
    const profile = `[basic]\nak=SOMEBODYELSE\nsk=${credentials.sk}\n`;
    writeFileSync(join(HOME, ".huaweicloud", "credentials"), profile);
    const started = start(SERVICE, { HOME, HUAWEICLOUD_SDK_SK: "" });
    assert.equal(await started.ended, 1);
    assert.match(started.output, /environment: HUAWEICLOUD_SDK_SK is missing/);
  });

  /** @type {[string, string[], RegExp][]} */
  const typed = [
    ["of a region", [], /no region: add --region/],
    ["of an option that is none", ["--regoin", "x"], /unknown option '--regoin'/],
    [
      "of a port that is none",
      ["--region", "cn-north-4", "--port", "70000"],
      /--port must be a number from 0 to 65535/,
    ],
    ["of a region that is none", ["--region", "Beijing"], /"Beijing" is no id of a region/],
    [
      "of an endpoint for each of two regions",
      [...SERVICE, "--region", "cn-east-3"],
      /endpoint differs from region to region/,
    ],
  ];
  for (const [what, args, message] of typed) {
    test(what, async () => {
      const console = start(args);
      assert.equal(await console.ended, 2, console.output);
      assert.match(console.output, message);
      assert.match(console.output, /console --help/);
    });
  }

  test("of a port that is taken", async () => {
    const taken = createServer();
    await new Promise((resolve) => taken.listen(0, "127.0.0.1", () => resolve(null)));
    const { port } = /** @type {import("node:net").AddressInfo} */ (taken.address());
    const console = start([...SERVICE, "--port", String(port)]);
    assert.equal(await console.ended, 1);
    assert.match(console.output, /the port is taken/);
    taken.close();
  });

  test("and --help tells the rest", async () => {
    const console = start(["--help"]);
    assert.equal(await console.ended, 0);
    assert.match(console.output, /--idle-minutes <n>/);
  });
});
