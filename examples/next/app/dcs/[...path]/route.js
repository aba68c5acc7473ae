// @ts-check
// A back end in Next.js: app/dcs/[...path]/route.js. Keys come from the environment of the server.
import { createDcsHandler, fileAudit } from "huaweicloud-dcs/server";
import { authorize } from "../../../../sessions.mjs";

const handler = createDcsHandler({
  basePath: "/dcs",
  regions: ["cn-north-4"],
  // Your own: `await auth()`, or what `cookies()` of next/headers gives.
  authorize,
  audit: fileAudit(process.env.AUDIT ?? "swaps.jsonl"),
});

export { handler as GET, handler as POST, handler as PUT };

export const dynamic = "force-dynamic";
