// @ts-check
// Regions and endpoints: what is known, what is near, and several endpoints in turn.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import http from "node:http";
import { test } from "node:test";
import { DcsClient, changeMasterStandbyAsync, regions } from "huaweicloud-dcs";
import * as emulator from "./support/emulator.mjs";
import { refused } from "./support/expect.mjs";

const table = (await readFile(new URL("../../facts/regions.tsv", import.meta.url), "utf8"))
  .trim()
  .split("\n")
  .slice(1)
  .map((line) => line.split("\t"));

test("regions() lists all that are known, with their endpoints", () => {
  const listed = regions();
  assert.equal(listed.length, 34);
  const expected = table.map(([id, dcsEndpoint, iamEndpoint]) => ({
    id,
    dcsEndpoint,
    iamEndpoint: iamEndpoint || "https://iam.myhuaweicloud.com",
  }));
  const byId = (/** @type {any} */ a, /** @type {any} */ b) => (a.id < b.id ? -1 : 1);
  assert.deepEqual([...listed].sort(byId), expected.sort(byId));
});

for (const [id = "", dcs = "", iam = ""] of table) {
  test(`${id}: asks its IAM, then its DCS`, async () => {
    /** @type {string[]} */
    const asked = [];
    const fake = async (/** @type {Request} */ request) => {
      const { origin, pathname } = new URL(request.url);
      asked.push(origin);
      return pathname === "/v3/projects"
        ? Response.json({ projects: [{ id: emulator.projectId, name: id }] })
        : Response.json({ job_id: "4".repeat(32) });
    };
    const credentials = { ak: emulator.newAccessKeyId(), sk: emulator.SECRET };
    const instanceId = "00000000-0000-4000-8000-000000000001";
    await changeMasterStandbyAsync({ region: id, credentials, instanceId, fetch: fake });
    assert.deepEqual(asked, [iam || "https://iam.myhuaweicloud.com", dcs]);
  });
}

for (const [slip, near] of [
  ["cn-nroth-4", "cn-north-4"],
  ["cn-north4", "cn-north-4"],
  ["ap-southest-1", "ap-southeast-1"],
  ["CN-NORTH-4", "cn-north-4"],
]) {
  test(`an unknown region, ${slip}: the error names ${near}`, async () => {
    const credentials = { ak: "A", sk: emulator.SECRET };
    const instanceId = "00000000-0000-4000-8000-000000000001";
    const call = changeMasterStandbyAsync({ region: slip, credentials, instanceId });
    await refused(call, "InvalidArgumentError", {
      field: "region",
      message: new RegExp(String(near)),
      outcome: "not_sent",
    });
  });
}

for (const [domain, other] of [
  ["com", "eu"],
  ["eu", "com"],
]) {
  test(`eu-west-101: when nobody answers at .${domain}, the error names .${other}`, async () => {
    const host = "https://dcs.eu-west-101.myhuaweicloud";
    const fetch = () => Promise.reject(new TypeError("fetch failed"));
    const dcs = new DcsClient({
      ...{ region: "eu-west-101", endpoint: `${host}.${domain}`, projectId: emulator.projectId },
      ...{ credentials: { ak: "A", sk: emulator.SECRET }, retry: false, fetch },
    });
    await refused(dcs.listInstances(), "ConnectionError", {
      message: new RegExp(`; try endpoint: ${host}\\.${other}$`),
    });
  });
}

/** Endpoints that refuse connections. */
const dead = ["http://127.0.0.1:9", "http://127.0.0.1:7"];

test("several endpoints: reads go on to the next one", async () => {
  const { instanceId, ...options } = await emulator.target();
  const dcs = new DcsClient({ ...options, endpoint: [...dead, emulator.url], retry: false });
  /** @type {any[]} */
  const events = [];
  const onEvent = (/** @type {any} */ event) => events.push(event);
  assert.equal((await dcs.showInstance({ instanceId, onEvent })).instance_id, instanceId);
  const urls = events.filter((event) => event.type === "attempt").map((event) => event.url);
  assert.deepEqual(
    urls.map((url) => new URL(url).origin),
    [...dead, emulator.url],
  );
});

test("several endpoints: a swap goes to the first one, and to no other", async () => {
  const options = { ...(await emulator.target()), endpoint: [...dead, emulator.url] };
  await refused(changeMasterStandbyAsync(options), "ConnectionError", { outcome: "unknown" });
  assert.equal((await emulator.counters(options.instanceId)).swap_requests, 0);
});

test("several endpoints: each is signed for its own host", async () => {
  const { instanceId, ...options } = await emulator.target();
  const alias = emulator.url.replace("127.0.0.1", "localhost");
  const dcs = new DcsClient({ ...options, endpoint: [String(dead[0]), alias], retry: false });
  assert.equal((await dcs.showInstance({ instanceId })).instance_id, instanceId);
});

test("via: sent to a proxy, signed for the endpoint", async () => {
  const options = await emulator.target();
  const { host } = new URL(emulator.url);
  /** @type {string[]} */
  const seen = [];
  const proxy = http.createServer((request, response) => {
    seen.push(String(request.url));
    const path = String(request.url).replace("/dcs-proxy", "");
    const { method, headers } = request;
    const { hostname, port } = new URL(emulator.url);
    const onward = { method, path, hostname, port, headers: { ...headers, host } };
    request.pipe(
      http.request(onward, (answer) => {
        response.writeHead(Number(answer.statusCode), answer.headers);
        answer.pipe(response);
      }),
    );
  });
  await new Promise((resolve) => proxy.listen(0, "127.0.0.1", () => resolve(null)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (proxy.address());
  for (const via of [`http://127.0.0.1:${port}/dcs-proxy`, `http://127.0.0.1:${port}/dcs-proxy/`]) {
    await new DcsClient(options).showInstance({ instanceId: options.instanceId, via });
  }
  const path = `/dcs-proxy/v2/${emulator.projectId}/instances/${options.instanceId}`;
  assert.deepEqual(seen, [path, path]);
  proxy.close();
});
