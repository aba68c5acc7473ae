// @ts-check
// docs/recipes.md: clients that hold a connection to a node which becomes a standby. Two real Redis servers, and the one
// address of the instance, which leads new connections to the master and leaves the old ones where they are.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { Redis } from "ioredis";
import { redis as command } from "../../demo/redis.mjs";
import { freePort } from "../support/port.mjs";
import * as ioredis from "./ioredis.mjs";
import * as nodeRedis from "./node-redis.mjs";

const HOST = "127.0.0.1";
let folder = "";
/** @type {import("node:child_process").ChildProcess[]} */
const servers = [];
/** @type {number[]} */
const ports = [];
/** Which of the two is master. */
let master = 0;

const address = createServer((socket) => {
  const node = connect(ports[master] ?? 0, HOST);
  socket.pipe(node).pipe(socket);
  for (const end of [socket, node])
    end.on("error", () => [socket, node].forEach((s) => s.destroy()));
});
const portOf = () => /** @type {import("node:net").AddressInfo} */ (address.address()).port;

/** @param {number} node @param {string[]} words */
const ask = (node, ...words) => command(`${HOST}:${ports[node]}`, ...words);

/** Asks until it is so. @param {() => Promise<boolean>} isSo */
async function until(isSo) {
  for (let turn = 0; turn < 200; turn++) {
    if (await isSo().catch(() => false)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("it did not come to that within 10 s");
}

/** Exchanges the roles; open connections stay, as those of a proxy or a moved address do. */
async function swap() {
  const next = 1 - master;
  await ask(next, "REPLICAOF", "NO", "ONE");
  await ask(master, "REPLICAOF", HOST, String(ports[next]));
  const old = master;
  master = next;
  await until(async () => /role:slave/.test((await ask(old, "INFO", "replication")) ?? ""));
}

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "recipes-"));
  for (const _ of [0, 1]) {
    const port = await freePort();
    ports.push(port);
    const args = ["--port", String(port), "--bind", HOST, "--save", "", "--dir", folder];
    servers.push(spawn("redis-server", args, { stdio: "ignore" }));
  }
  for (const node of [0, 1]) await until(async () => (await ask(node, "PING")) === "PONG");
  await new Promise((resolve) => address.listen(0, HOST, () => resolve(undefined)));
});
after(async () => {
  address.close();
  for (const server of servers) server.kill();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  await ask(master, "REPLICAOF", "NO", "ONE");
  await ask(1 - master, "REPLICAOF", HOST, String(ports[master]));
  await until(async () =>
    /link_status:up/.test((await ask(1 - master, "INFO", "replication")) ?? ""),
  );
});

test("without the option every write fails from the switchover on", async () => {
  const redis = new Redis({ host: HOST, port: portOf() });
  try {
    await redis.set("recipe", "before");
    await swap();
    for (let turn = 0; turn < 3; turn++)
      await assert.rejects(redis.set("recipe", "after"), /READONLY/);
  } finally {
    redis.disconnect();
  }
});

test("ioredis with reconnectOnError goes on writing", async () => {
  const redis = ioredis.open(HOST, portOf());
  try {
    await redis.set("recipe", "before");
    await swap();
    assert.equal(await redis.set("recipe", "after"), "OK");
    assert.equal(await ask(master, "GET", "recipe"), "after");
  } finally {
    redis.disconnect();
  }
});

test("node-redis with a new connection after READONLY goes on writing", async () => {
  const redis = await nodeRedis.open(HOST, portOf());
  try {
    await redis.set("recipe", "before");
    await swap();
    await assert.rejects(redis.set("recipe", "x"), /READONLY/);
    const done = await nodeRedis.write(redis, () => redis.set("recipe", "after too"));
    assert.equal(done, "OK");
    assert.equal(await ask(master, "GET", "recipe"), "after too");
  } finally {
    redis.destroy();
  }
});
