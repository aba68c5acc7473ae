// @ts-check
// A back end in Nitro, or in Nuxt: server/routes/dcs/[...path].js.
import { defineEventHandler, toWebRequest } from "h3";
import { createDcsHandler, fileAudit } from "huaweicloud-dcs/server";
import { authorize } from "../../../sessions.mjs";

const handler = createDcsHandler({
  basePath: "/dcs",
  regions: ["cn-north-4"],
  // What your middleware found is in `context`, for example `context.context.user`.
  authorize,
  audit: fileAudit(process.env.AUDIT ?? "swaps.jsonl"),
});

export default defineEventHandler((event) => handler(toWebRequest(event), event));
