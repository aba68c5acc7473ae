// @ts-check
import { Redis } from "ioredis";

/** @param {string} host @param {number} port */
export function open(host, port) {
  return new Redis({
    host,
    port,
    // 2: connect again, and send the command again.
    reconnectOnError: (error) => (error.message.startsWith("READONLY") ? 2 : false),
  });
}
