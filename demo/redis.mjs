// @ts-check
// The smallest Redis client that can write a key and read it: commands and answers of RESP 2.
import { once } from "node:events";
import { connect } from "node:net";

/**
 * Sends one command and returns its answer: a string, or null where there is no such key.
 * @param {string} address host:port
 * @param {...string} words
 * @returns {Promise<string | null>}
 */
export async function redis(address, ...words) {
  const [host = "", port = ""] = address.split(":");
  const socket = connect({ host, port: Number(port) });
  socket.setTimeout(5000, () => socket.destroy(new Error(`Redis at ${address} does not answer`)));
  try {
    await once(socket, "connect");
    const parts = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
    socket.setEncoding("utf8");
    socket.write(`*${words.length}\r\n${parts.join("")}`);
    let text = "";
    for await (const chunk of socket) {
      text += chunk;
      const answer = read(text);
      if (answer !== undefined) return answer;
    }
    throw new Error(`Redis at ${address} closed the connection`);
  } finally {
    socket.destroy();
  }
}

/**
 * The answer, or undefined while it is not all there.
 * @param {string} text
 */
function read(text) {
  const end = text.indexOf("\r\n");
  if (end < 0) return undefined;
  const first = text.slice(1, end);
  switch (text[0]) {
    case "+":
    case ":":
      return first;
    case "-":
      throw new Error(`Redis refused: ${first}`);
    case "$": {
      if (first === "-1") return null;
      const body = text.slice(end + 2);
      return Buffer.byteLength(body) >= Number(first) + 2 ? body.slice(0, -2) : undefined;
    }
    default:
      throw new Error("an answer that this client does not read");
  }
}
