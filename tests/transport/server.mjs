// @ts-check
// A server of bare sockets that ends connections before, or amid, the answer to a swap, in each way there is.
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { performServerHandshake } from "node:http2";
import { createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer as createTlsServer } from "node:tls";

/** @typedef {import("./service.mjs").Service} Service */
/** @typedef {import("./service.mjs").Answer} Answer */
/** @typedef {import("node:net").Socket} Socket */
/** @typedef {import("node:http2").ServerHttp2Stream} Stream */
/** @typedef {(method: string, path: string) => Answer | undefined} Files */
/** @typedef {{ url: string, close(): void }} Running */

const HEAD = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ";

/** How a connection ends once a swap has arrived over HTTP/1.1. @type {Record<string, (socket: Socket) => void>} */
export const ENDS = {
  reset,
  end: (socket) => socket.end(),
  "half a head, then end": (socket) => socket.end("HTTP/1.1 200 OK\r\nContent-Le"),
  "half a head, then reset": (socket) => written(socket, "HTTP/1.1 200 OK\r\nContent-Le"),
  "a head, then end": (socket) => socket.end(`${HEAD}50\r\n\r\n`),
  "a head, then reset": (socket) => written(socket, `${HEAD}50\r\n\r\n`),
  "half a body, then end": (socket) => socket.end(`${HEAD}50\r\n\r\n{"job_id":`),
  "one byte, then end": (socket) => socket.end("H"),
  "no HTTP, then end": (socket) => socket.end("\0\0\0\0\0\0"),
  408: (socket) => socket.end(status("408 Request Timeout")),
  "408, kept alive": (socket) => socket.write(status("408 Request Timeout", "keep-alive")),
  421: (socket) => socket.end(status("421 Misdirected Request")),
  425: (socket) => socket.end(status("425 Too Early")),
  503: (socket) => socket.end(status("503 Service Unavailable\r\nRetry-After: 0")),
};

/** The same over HTTP/2. @type {Record<string, (stream: Stream) => void>} */
export const ENDS_2 = {
  reset: (stream) => socketOf(stream).destroy(),
  end: (stream) => socketOf(stream).end(),
  "goaway, not processed": (stream) => goAway(stream, (stream.id ?? 1) - 2),
  "goaway, processed": (stream) => goAway(stream, stream.id ?? 1),
  REFUSED_STREAM: (stream) => stream.close(7),
  CANCEL: (stream) => stream.close(8),
  PROTOCOL_ERROR: (stream) => stream.close(1),
  INTERNAL_ERROR: (stream) => stream.close(2),
  ENHANCE_YOUR_CALM: (stream) => stream.close(11),
  HTTP_1_1_REQUIRED: (stream) => stream.close(13),
  "a head, then CANCEL": (stream) => {
    stream.respond({ ":status": 200, "content-type": "application/json" });
    setTimeout(() => stream.close(8), 20);
  },
  408: (stream) => stream.respond({ ":status": 408 }, { endStream: true }),
  421: (stream) => stream.respond({ ":status": 421 }, { endStream: true }),
  425: (stream) => stream.respond({ ":status": 425 }, { endStream: true }),
  503: (stream) => stream.respond({ ":status": 503, "retry-after": "0" }, { endStream: true }),
};

/** @param {string} line */
const status = (line, connection = "close") =>
  `HTTP/1.1 ${line}\r\nConnection: ${connection}\r\nContent-Length: 0\r\n\r\n`;

/** Writes, then resets; apart, so that what was written gets there. @param {Socket} socket @param {string} text */
function written(socket, text) {
  socket.write(text, () => setTimeout(() => reset(socket), 20));
}

/** TLS cannot reset, but end without a word. @param {Socket} socket */
function reset(socket) {
  if ("encrypted" in socket) socket.destroy();
  else socket.resetAndDestroy();
}

/** @param {Stream} stream @returns {any} The socket itself, of which HTTP/2 shows only a part. */
function socketOf(stream) {
  return stream.session && sockets.get(stream.session);
}

/** @type {WeakMap<object, Socket>} */
const sockets = new WeakMap();

/** @param {Stream} stream @param {number} last */
function goAway(stream, last) {
  stream.session?.goaway(0, last);
  setTimeout(() => socketOf(stream)?.end(), 20);
}

/** Listens on a free port of loopback. @param {import("node:net").Server} server @param {string} scheme @returns {Promise<Running>} */
async function listening(server, scheme) {
  /** @type {Set<Socket>} */
  const open = new Set();
  server.on("connection", (socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  const close = () => {
    server.close();
    for (const socket of open) socket.destroy();
  };
  return { url: `${scheme}://localhost:${port}`, close };
}

/**
 * HTTP/1.1 over TCP, or over TLS. A GET is held until so many are there, so that each has a connection of its own.
 * @param {Service} service
 * @param {{ end: string, hold?: number, files?: Files, tls?: Certificate }} how
 */
export async function startHttp1(service, { end, hold = 1, files, tls }) {
  const finish = ENDS[end];
  if (!finish) throw new Error(`no way to end a connection is called ${end}`);
  const connected = speakHttp1(service, { finish, hold, files });
  if (!tls) return listening(createTcpServer(connected), "http");
  return listening(createTlsServer({ ...tls, ALPNProtocols: ["http/1.1"] }, connected), "https");
}

/**
 * @param {Service} service
 * @param {{ finish: ((socket: Socket) => void) | undefined, hold: number, files: Files | undefined }} how
 */
function speakHttp1(service, { finish, hold, files }) {
  const gate = gateOf(hold);
  return (/** @type {Socket} */ socket) => {
    socket.on("error", () => {});
    readRequests(socket, async ({ method, path, headers }) => {
      const file = files?.(method, path);
      const answer = file ?? service.answer(method, path, headers);
      if (service.isSwap(method)) return finish?.(socket);
      if (!file) await gate();
      const { status, body, type = "text/plain" } = answer;
      const bytes = Buffer.from(body);
      socket.write(
        `HTTP/1.1 ${status} OK\r\nContent-Type: ${type}\r\nContent-Length: ${bytes.length}\r\n\r\n`,
      );
      socket.write(bytes);
    });
  };
}

/**
 * HTTP/2 over TLS, and HTTP/1.1 for who asks for that: there the connection is ended as over HTTP/1.1, or reset where that
 * has no such way.
 * @param {Service} service @param {{ end: string, hold?: number, files?: Files, tls: Certificate }} how
 */
export async function startHttp2(service, { end, hold = 1, files, tls }) {
  const finish = ENDS_2[end];
  if (!finish) throw new Error(`no way to end a stream is called ${end}`);
  const first = speakHttp1(service, { finish: ENDS[end] ?? ENDS.reset, hold, files });
  const connected = (/** @type {import("node:tls").TLSSocket} */ socket) => {
    if (socket.alpnProtocol !== "h2") return first(socket);
    socket.on("error", () => {});
    const session = performServerHandshake(socket);
    sockets.set(session, socket);
    session.on("error", () => {});
    session.on("stream", (stream, headers) => {
      stream.on("error", () => {});
      const [method, path] = [String(headers[":method"]), String(headers[":path"])];
      const answer = files?.(method, path) ?? service.answer(method, path, headers);
      if (service.isSwap(method)) return finish(stream);
      const { status, body, type = "text/plain" } = answer;
      stream.respond({ ":status": status, "content-type": type });
      stream.end(body);
    });
  };
  const offered = { ...tls, ALPNProtocols: ["h2", "http/1.1"] };
  return listening(createTlsServer(offered, connected), "https");
}

/** Lets requests through when so many wait, or when no more come. @param {number} count */
function gateOf(count) {
  /** @type {(() => void)[]} */
  let waiting = [];
  const open = () => {
    waiting.forEach((go) => go());
    waiting = [];
  };
  return () => {
    const gone = new Promise((/** @type {(value: void) => void} */ resolve) =>
      waiting.push(resolve),
    );
    if (waiting.length >= count) open();
    else setTimeout(open, 300);
    return gone;
  };
}

/** @typedef {{ method: string, path: string, headers: Record<string, string> }} Heard */

/** @param {Socket} socket @param {(request: Heard) => void} hear */
function readRequests(socket, hear) {
  let text = "";
  socket.on("data", (chunk) => {
    text += chunk.toString("latin1");
    for (;;) {
      const end = text.indexOf("\r\n\r\n");
      if (end < 0) return;
      const [line = "", ...lines] = text.slice(0, end).split("\r\n");
      const headers = Object.fromEntries(
        lines.map((line) => {
          const colon = line.indexOf(":");
          return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
        }),
      );
      const length = Number(headers["content-length"] ?? 0);
      if (text.length < end + 4 + length) return;
      text = text.slice(end + 4 + length);
      const [method = "", path = ""] = line.split(" ");
      hear({ method, path, headers });
    }
  });
}

/** @typedef {{ key: Buffer, cert: Buffer }} Certificate */

/** A certificate for localhost, of an authority that runtimes are told to trust; Deno takes none of its own authority. */
export function makeCertificate() {
  const folder = mkdtempSync(join(tmpdir(), "certificate-"));
  const at = (/** @type {string} */ name) => join(folder, name);
  const make = (/** @type {string} */ name, /** @type {string[]} */ ...more) =>
    execFileSync(
      "openssl",
      [
        ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"],
        ...["-days", "2", "-keyout", at(`${name}.key`), "-out", at(`${name}.pem`), ...more],
      ],
      { stdio: "ignore" },
    );
  const names = "subjectAltName=DNS:localhost,IP:127.0.0.1";
  const authority = ["-CA", at("authority.pem"), "-CAkey", at("authority.key")];
  const leaf = ["-addext", names, "-addext", "basicConstraints=critical,CA:FALSE"];
  make("authority", "-subj", "/CN=authority");
  make("localhost", "-subj", "/CN=localhost", ...authority, ...leaf);
  return {
    tls: { key: readFileSync(at("localhost.key")), cert: readFileSync(at("localhost.pem")) },
    /** The authority's. */
    path: at("authority.pem"),
    delete: () => rmSync(folder, { recursive: true }),
  };
}
