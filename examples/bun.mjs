// @ts-check
// A back end in Bun:
//   bun bun.mjs
import { createDcsHandler, fileAudit } from "huaweicloud-dcs/server";
import { authorize } from "./sessions.mjs";

const handler = createDcsHandler({
  basePath: "/dcs",
  regions: ["cn-north-4"],
  authorize,
  audit: fileAudit(process.env.AUDIT ?? "swaps.jsonl"),
});

const pages = () =>
  new Response("<!doctype html><title>Your pages</title>", {
    headers: { "Content-Type": "text/html" },
  });

const server = /** @type {any} */ (globalThis).Bun.serve({
  hostname: "127.0.0.1",
  port: Number(process.env.PORT ?? 8080),
  routes: { "/dcs/*": (/** @type {Request} */ request) => handler(request) },
  fetch: pages,
});
console.log(`listening on http://127.0.0.1:${server.port}`);
