// @ts-check
// A proxy that keeps no connection alive. Chromium sends a request a second time by itself when a connection that it
// used before breaks; behind this one every connection is fresh, so it never does.
import { once } from "node:events";
import { connect, createServer } from "node:net";

const END_OF_HEAD = "\r\n\r\n";
const HEAD_BYTES = 64 * 1024;

/**
 * Passes each connection's only request on, byte by byte but for two headers.
 * @param {string} target The URL of what is behind it.
 */
export async function startProxy(target) {
  const { hostname, host, port } = new URL(target);
  const server = createServer((client) => {
    let head = "";
    client.on("error", () => client.destroy());
    client.on("data", function read(chunk) {
      head += chunk.toString("latin1");
      if (head.length > HEAD_BYTES) client.destroy();
      if (!head.includes(END_OF_HEAD)) return;
      client.off("data", read);
      const upstream = connect(Number(port), hostname);
      upstream.write(rewritten(head, host), "latin1");
      client.pipe(upstream);
      upstream.pipe(client);
      // A break is passed on as a break: it must not look like the end of an answer.
      upstream.on("error", () => client.resetAndDestroy());
      client.on("close", () => upstream.destroy());
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = /** @type {import("node:net").AddressInfo} */ (server.address());
  return { port: address.port, close: () => server.close() };
}

/**
 * The head of a request, for the host that was signed and for one answer only.
 * @param {string} head @param {string} host
 */
function rewritten(head, host) {
  const [lines = "", body = ""] = head.split(END_OF_HEAD);
  const kept = lines.split("\r\n").filter((line) => !/^(host|connection):/i.test(line));
  return [...kept, `Host: ${host}`, "Connection: close"].join("\r\n") + END_OF_HEAD + body;
}
