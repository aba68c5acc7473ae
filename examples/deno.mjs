// @ts-check
// A back end in Deno:
//   deno run --allow-net --allow-env --allow-read --allow-write=swaps.jsonl deno.mjs
import process from "node:process";
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

/** @type {any} */ (globalThis).Deno.serve(
  {
    hostname: "127.0.0.1",
    port: Number(process.env.PORT ?? 8080),
    onListen: (/** @type {any} */ { port }) => console.log(`listening on http://127.0.0.1:${port}`),
  },
  (/** @type {Request} */ request) =>
    new URL(request.url).pathname.startsWith("/dcs/") ? handler(request) : pages(),
);
