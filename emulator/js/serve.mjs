// @ts-check
// The core on a port, in Node: what the emulator's own tests are run against, to show that both shells answer alike.
// Takes the arguments of `dcs-emulator` that need no files and no Redis.

import { createServer } from "node:http";
import { parseArgs } from "node:util";
import { readFileSync } from "node:fs";

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "0" },
    instances: { type: "string", default: "1" },
    variety: { type: "boolean", default: false },
    "job-ms": { type: "string", default: "300" },
    region: { type: "string", default: "cn-north-4" },
    codes: { type: "string", default: "dcs" },
  },
});

/** @type {typeof import("../../pkg-template/lib/emulator.mjs")} */
const { loadFrom, startCore } = await import(
  new URL("../../pkg/lib/emulator.mjs", import.meta.url).href
);
loadFrom({ sync: () => readFileSync(new URL("../../pkg/lib/emulator.wasm", import.meta.url)) });
const { cloud, sleep } = await startCore({
  instances: Number(values.instances),
  variety: values.variety,
  jobMs: Number(values["job-ms"]),
  region: values.region,
  codes: /** @type {"dcs" | "nine-digit"} */ (values.codes),
});

const server = createServer(
  { keepAliveTimeout: 0, maxHeaderSize: 1 << 20 },
  async (request, response) => {
    const { socket, method = "GET", url = "/", rawHeaders } = request;
    socket.setNoDelay(true);
    /** @type {Buffer[]} */
    const pieces = [];
    for await (const piece of request) pieces.push(piece);
    const asked = cloud.ask(method, url, rawHeaders, Buffer.concat(pieces));
    socket.once("close", () => asked.abort());
    /** @type {import("./play.mjs").Answer} */
    let answer;
    try {
      answer = await asked.answer;
    } catch {
      return;
    }
    const [status, headers, body, script] = answer;
    if (script) await playOn(socket, script);
    else response.writeHead(status, [...headers, "content-length", String(body.length)]).end(body);
  },
);

/** @param {import("node:net").Socket} socket @param {import("./play.mjs").Step[]} steps */
async function playOn(socket, steps) {
  socket.on("error", () => socket.destroy());
  const write = (/** @type {Uint8Array} */ bytes) =>
    new Promise((resolve) => (socket.destroyed ? resolve(false) : socket.write(bytes, resolve)));
  for (const [name, bytes = new Uint8Array(), number] of steps) {
    if (name === "write") await write(bytes);
    else if (name === "trickle") {
      for (const byte of bytes) {
        await sleep(number);
        await write(Uint8Array.of(byte));
      }
    } else if (name === "repeat") {
      for (let left = number; left > 0 && !socket.destroyed; left -= bytes.length)
        await write(bytes.subarray(0, Math.min(left, bytes.length)));
    } else if (name === "endless") {
      while (!socket.destroyed) await write(bytes);
    } else if (name === "close") socket.end();
    else if (name === "reset") socket.resetAndDestroy();
  }
}

server.listen(Number(values.port), "127.0.0.1", () => {
  const address = /** @type {import("node:net").AddressInfo} */ (server.address());
  console.log(`DCS emulator ready: http://127.0.0.1:${address.port}`);
});
for (const signal of ["SIGTERM", "SIGINT"]) process.once(signal, () => process.exit(0));
