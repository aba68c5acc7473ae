// @ts-check
// A back end in Express. Middleware in front, that of your login for example, finds its place as with any route.
import express from "express";
import { createDcsHandler, fileAudit, toNodeListener } from "huaweicloud-dcs/server";
import { authorize } from "./sessions.mjs";

const handler = createDcsHandler({
  basePath: "/dcs",
  regions: ["cn-north-4"],
  // What your middleware found is in `context.incoming`, for example `context.incoming.user`.
  authorize,
  audit: fileAudit(process.env.AUDIT ?? "swaps.jsonl"),
});

const app = express();
app.use("/dcs", toNodeListener(handler));
app.get("/", (_, response) => void response.send("<!doctype html><title>Your pages</title>"));

const server = app.listen(Number(process.env.PORT ?? 8080), "127.0.0.1", () => {
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  console.log(`listening on http://127.0.0.1:${port}`);
});
