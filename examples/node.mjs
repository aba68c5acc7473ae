// @ts-check
// A back end on Node's own server. Keys come from the chain: the environment, the profile file, the cloud server's agency.
import { createServer } from "node:http";
import { createDcsHandler, fileAudit, toNodeListener } from "huaweicloud-dcs/server";
import { authorize } from "./sessions.mjs";

const dcs = toNodeListener(
  createDcsHandler({
    basePath: "/dcs",
    regions: ["cn-north-4"],
    authorize,
    audit: fileAudit(process.env.AUDIT ?? "swaps.jsonl"),
  }),
);

const server = createServer((request, response) => {
  if (request.url?.startsWith("/dcs/")) return dcs(request, response);
  response.setHeader("Content-Type", "text/html").end("<!doctype html><title>Your pages</title>");
});

server.listen(Number(process.env.PORT ?? 8080), "127.0.0.1", () => {
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  console.log(`listening on http://127.0.0.1:${port}`);
});
