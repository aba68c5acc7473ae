// @ts-check
// Loaded before a sample in Node: calls to the real service's hosts end at the emulator, with the Host they were signed
// for, which `fetch` itself cannot send.

import { request as httpRequest } from "node:http";
import { buffer } from "node:stream/consumers";

const emulator = process.env.DCS_EMULATOR_URL ?? "";
const own = globalThis.fetch;

/** Where a cloud server asks for the key of its agency. */
const METADATA = "169.254.169.254";

/** @type {typeof fetch} */
globalThis.fetch = async (input, init) => {
  const request = new Request(input, init);
  const { host, pathname, search } = new URL(request.url);
  if (!host.endsWith(".myhuaweicloud.com") && host !== METADATA) return own(input, init);
  const headers = { ...Object.fromEntries(request.headers), host };
  const body = Buffer.from(await request.arrayBuffer());
  return new Promise((resolve, reject) => {
    const options = { method: request.method, headers };
    const sent = httpRequest(emulator + pathname + search, options, async (answer) => {
      const { statusCode: status } = answer;
      const plain = Object.entries(answer.headers).map(([name, value]) => [name, String(value)]);
      resolve(new Response(await buffer(answer), { status, headers: Object.fromEntries(plain) }));
    });
    sent.on("error", reject).end(body);
  });
};
