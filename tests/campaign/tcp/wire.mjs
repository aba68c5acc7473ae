// @ts-check
// HTTP/1.1 as far as the proxy speaks it: requests off a socket, and one passed on over a connection of its own.
import { request } from "node:http";

/** @typedef {{ method: string, path: string, headers: Record<string, string>, body: string }} Heard */
/** @typedef {{ status: number, head: string, body: Buffer, askedAt: number }} Answer */

/** @param {import("node:net").Socket} socket @param {(heard: Heard) => void} hear */
export function readRequests(socket, hear) {
  let text = "";
  socket.on("data", (chunk) => {
    text += chunk.toString("latin1");
    for (;;) {
      const end = text.indexOf("\r\n\r\n");
      if (end < 0) return;
      const [first = "", ...lines] = text.slice(0, end).split("\r\n");
      const headers = Object.fromEntries(
        lines.map((line) => {
          const colon = line.indexOf(":");
          return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
        }),
      );
      const after = end + 4 + Number(headers["content-length"] ?? 0);
      if (text.length < after) return;
      const body = text.slice(end + 4, after);
      text = text.slice(after);
      const [method = "", path = ""] = first.split(" ");
      hear({ method, path, headers, body });
    }
  });
}

/**
 * Passes a request on, over a connection of its own, and takes the answer apart.
 * @param {string} target @param {Heard} heard
 * @returns {Promise<Answer>}
 */
export function ask(target, { method, path, headers, body }) {
  const { hostname, port } = new URL(target);
  const askedAt = Date.now();
  return new Promise((resolve, reject) => {
    const sent = { ...headers, connection: "close" };
    const passed = request(
      { hostname, port, method, path, headers: sent, agent: false },
      (answer) => {
        /** @type {Buffer[]} */
        const parts = [];
        answer.on("data", (part) => parts.push(part));
        answer.on("error", reject);
        answer.on("end", () => {
          const whole = Buffer.concat(parts);
          const status = answer.statusCode ?? 0;
          resolve({
            status,
            head: headOf(status, answer.rawHeaders, whole.length),
            body: whole,
            askedAt,
          });
        });
      },
    );
    passed.on("error", reject);
    passed.end(Buffer.from(body, "latin1"));
  });
}

/** The head of an answer on a connection that is kept. @param {number} status @param {string[]} raw @param {number} length */
function headOf(status, raw, length) {
  let head = `HTTP/1.1 ${status} Status\r\n`;
  for (let at = 0; at < raw.length; at += 2) {
    if (/^(content-length|connection|transfer-encoding)$/i.test(raw[at] ?? "")) continue;
    head += `${raw[at]}: ${raw[at + 1]}\r\n`;
  }
  return `${head}Content-Length: ${length}\r\n\r\n`;
}
