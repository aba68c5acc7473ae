// @ts-check
import { createClient } from "redis";

/** @param {string} host @param {number} port */
export async function open(host, port) {
  const redis = createClient({ socket: { host, port } });
  redis.on("error", () => {}); // it connects again by itself
  await redis.connect();
  return redis;
}

/**
 * Sends a write; on a node that has become a standby, once more on a new connection.
 * @template T
 * @param {Awaited<ReturnType<typeof open>>} redis
 * @param {() => Promise<T>} command
 */
export async function write(redis, command) {
  try {
    return await command();
  } catch (error) {
    if (!(error instanceof Error) || !error.message.startsWith("READONLY")) throw error;
    redis.destroy();
    await redis.connect();
    return command();
  }
}
