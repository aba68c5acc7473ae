// @ts-check
// A back end in Cloudflare Workers, which run in many places at once: one Durable Object answers for all of them.
import { DurableObject } from "cloudflare:workers";
import { createDcsHandler } from "huaweicloud-dcs/server";

export class Dcs extends DurableObject {
  constructor(state, env) {
    super(state, env);
    const { storage } = state;
    const read = async (key) => {
      const entry = await storage.get(key);
      return entry && entry.until > Date.now() ? entry.value : undefined;
    };
    const set = async (key, value, { ttlMs, ifAbsent }) => {
      if (ifAbsent && (await read(key)) !== undefined) return false;
      if (value === undefined) await storage.delete(key);
      else await storage.put(key, { value, until: Date.now() + ttlMs });
      return true;
    };
    this.handler = createDcsHandler({
      basePath: "/dcs",
      regions: ["cn-north-4"],
      credentials: { ak: env.HUAWEICLOUD_SDK_AK, sk: env.HUAWEICLOUD_SDK_SK },
      endpoint: env.ENDPOINT, // both are the region's when left out
      iamEndpoint: env.ENDPOINT,
      authorize: async ({ request, effect }) => {
        const session = JSON.parse(env.DEMO_SESSIONS)[request.headers.get("cookie")]; // yours
        return session && (effect === "read" || session.maySwap) && { user: session.name };
      },
      audit: (entry) => console.log(JSON.stringify(entry)),
      idempotency: { get: read, set }, // nothing else runs here while the storage is awaited
    });
  }
  fetch(request) {
    return this.handler(request);
  }
}

export default { fetch: (request, env) => env.DCS.getByName("dcs").fetch(request) };
