// @ts-check
// An HTTP proxy that only tunnels (CONNECT), and behind it the emulator in the place of the real service, with TLS.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request as forward } from "node:http";
import { createServer as createSecure } from "node:https";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** @typedef {import("node:net").AddressInfo} AddressInfo */

/**
 * An authority of its own, and a certificate by it: some runtimes take no certificate that is both.
 * @param {string} folder @param {string[]} hosts
 */
function certificates(folder, hosts) {
  const file = (/** @type {string} */ name) => join(folder, name);
  const [authority, key, certificate] = [file("ca.pem"), file("key.pem"), file("certificate.pem")];
  const openssl = (/** @type {string[]} */ ...args) =>
    execFileSync("openssl", ["req", "-newkey", "rsa:2048", "-nodes", ...args], { stdio: "ignore" });
  const self = ["-x509", "-days", "2", "-subj", "/CN=test authority"];
  openssl(...self, "-keyout", file("ca.key"), "-out", authority);
  openssl("-subj", "/CN=test", "-keyout", key, "-out", file("request.pem"));
  const names = hosts.map((host) => `DNS:${host}`).join(",");
  writeFileSync(file("extensions"), `subjectAltName=${names}\nbasicConstraints=CA:FALSE\n`);
  execFileSync(
    "openssl",
    [
      ...["x509", "-req", "-days", "2", "-in", file("request.pem"), "-out", certificate],
      ...["-CA", authority, "-CAkey", file("ca.key"), "-CAcreateserial"],
      ...["-extfile", file("extensions")],
    ],
    { stdio: "ignore" },
  );
  return { authority, key, certificate };
}

/**
 * @param {string} emulator Its address.
 * @param {string[]} hosts That the certificate is for.
 * @param {{ password?: string, status?: number }} [how] Whom the proxy lets in; or what it answers to everybody.
 */
export async function startTunnel(emulator, hosts, { password, status } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "dcs-tunnel-"));
  const { authority, key, certificate } = certificates(folder, hosts);

  const service = createSecure(
    { key: readFileSync(key), cert: readFileSync(certificate) },
    (request, response) => {
      const { method, url, headers } = request;
      // The host stays as it was signed.
      const sent = forward(new URL(url ?? "/", emulator), { method, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      });
      sent.on("error", () => response.destroy());
      request.pipe(sent);
    },
  ).listen(0, "127.0.0.1");
  await new Promise((resolve) => service.once("listening", () => resolve(undefined)));

  /** What was asked of the proxy: `CONNECT host:port`, or another request. @type {string[]} */
  const asked = [];
  const proxy = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.writeHead(501).end();
  });
  const expected = password && `Basic ${Buffer.from(password).toString("base64")}`;
  /** Tunnels that are open: closing the server leaves them. @type {Set<import("node:stream").Duplex>} */
  const open = new Set();
  proxy.on("connect", ({ url = "", headers }, socket, head) => {
    open.add(socket);
    asked.push(`CONNECT ${url}`);
    const refused = status ?? (expected && headers["proxy-authorization"] !== expected ? 407 : 0);
    if (refused) return socket.end(`HTTP/1.1 ${refused} No\r\nContent-Length: 0\r\n\r\n`);
    const plain = url === new URL(emulator).host;
    const port = plain
      ? Number(new URL(emulator).port)
      : /** @type {AddressInfo} */ (service.address()).port;
    const server = connect(port, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      server.write(head);
      server.pipe(socket).pipe(server);
    });
    for (const one of [server, socket])
      one.on("error", () => [server, socket].forEach((end) => end.destroy()));
  });
  proxy.listen(0, "127.0.0.1");
  await new Promise((resolve) => proxy.once("listening", () => resolve(undefined)));
  const { port } = /** @type {AddressInfo} */ (proxy.address());
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    asked,
    /** For NODE_EXTRA_CA_CERTS and the like. */
    certificate: authority,
    async end() {
      for (const socket of open) socket.destroy();
      for (const server of [proxy, service]) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
