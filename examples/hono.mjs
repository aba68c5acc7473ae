// @ts-check
// A back end in Hono, here on Node.
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { createDcsHandler, fileAudit } from "huaweicloud-dcs/server";
import { authorize } from "./sessions.mjs";

const handler = createDcsHandler({
  basePath: "/dcs",
  regions: ["cn-north-4"],
  // What your middleware found is in `context`, for example `context.get("user")`.
  authorize,
  audit: fileAudit(process.env.AUDIT ?? "swaps.jsonl"),
});

const app = new Hono();
app.all("/dcs/*", (context) => handler(context.req.raw, context));
app.get("/", (context) => context.html("<!doctype html><title>Your pages</title>"));

const port = Number(process.env.PORT ?? 8080);
serve({ fetch: app.fetch, port, hostname: "127.0.0.1" }, (address) => {
  console.log(`listening on http://127.0.0.1:${address.port}`);
});
