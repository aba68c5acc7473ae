// @ts-check
// Requests as bytes, for what no client sends.

import { connect } from "node:net";

/**
 * Writes bytes to a connection of its own, and gives what comes back until it ends or nothing comes for `quietMs`, or
 * at first for `waitMs`.
 * @param {number} port
 * @param {string | string[]} bytes In pieces, each a write of its own.
 * @param {{ quietMs?: number, waitMs?: number }} [options]
 * @returns {Promise<string>}
 */
export function send(port, bytes, { quietMs = 300, waitMs = 5000 } = {}) {
  return new Promise((resolve) => {
    let text = "";
    const socket = connect(port, "127.0.0.1");
    const end = () => {
      socket.destroy();
      resolve(text);
    };
    let timer = setTimeout(end, waitMs);
    socket.on("connect", async () => {
      for (const piece of [bytes].flat()) {
        socket.write(piece, "latin1");
        await new Promise((next) => setTimeout(next, 5));
      }
    });
    socket.on("data", (data) => {
      text += data.toString("latin1");
      clearTimeout(timer);
      timer = setTimeout(end, quietMs);
    });
    // A server that refuses may close before all was written.
    socket.on("error", end);
    socket.on("close", end);
  });
}

/**
 * The statuses of the answers in a text.
 * @param {string} text
 */
export const statuses = (text) =>
  Array.from(text.matchAll(/^HTTP\/1\.1 (\d{3}) /gm), ([, status]) => Number(status));
