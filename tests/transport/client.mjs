// @ts-check
// What a runtime does with a swap: first some reads at once, whose connections stay idle, then the swap. Run in each
// runtime, and in a page; how many swaps there were is counted by the server, not here.

/** @typedef {{ url: string, warm: number }} Order `warm` is how many reads there are at once. */
/** @typedef {(order: Order, dcs: typeof import("huaweicloud-dcs") | undefined) => Promise<unknown>} Way */

/** @param {Order} order @param {() => Promise<unknown>} read */
const warmUp = ({ warm }, read) => Promise.all(Array.from({ length: warm }, read));

/** @param {Order} order @param {RequestInit & { protocol?: string, client?: unknown }} [init] Beside the Request, where Bun and Deno look for what is their own. */
async function swap(order, init) {
  await warmUp(order, async () => (await fetch(`${order.url}/warm`)).text());
  const response = await fetch(new Request(`${order.url}/swap`, { method: "PUT" }), init);
  return { status: response.status, text: await response.text() };
}

/** @param {Order} order @param {typeof import("huaweicloud-dcs") | undefined} dcs */
function clientOf({ url }, dcs) {
  if (!dcs) throw new Error("no package was given");
  const projectId = "0123456789abcdef0123456789abcdef";
  const credentials = { ak: "TRANSPORTTRANSPORT00", sk: "transport" };
  const fast = { baseDelayMs: 5, maxDelayMs: 40 };
  return new dcs.DcsClient({
    endpoint: url,
    region: "cn-north-4",
    projectId,
    credentials,
    retry: fast,
  });
}

const instanceId = "00000000-0000-4000-8000-000000000001";

/** Ways to send it. @type {Record<string, Way>} */
const WAYS = {
  /** As anybody would. */
  fetch: (order) => swap(order),

  /** What keeps Bun from sending it again: a connection of its own, and not HTTP/2, whose refused streams it opens again. */
  "fetch as Bun should": (order) => swap(order, { keepalive: false, protocol: "http1.1" }),

  /** What keeps Deno from it. */
  async "fetch as Deno should"(order) {
    const { Deno } = /** @type {any} */ (globalThis);
    const client = Deno.createHttpClient({ poolMaxIdlePerHost: 0, http2: false });
    return swap(order, { client }).finally(() => client.close());
  },

  async call(order, dcs) {
    const client = clientOf(order, dcs);
    await warmUp(order, () => client.showInstance({ instanceId }));
    return client.changeMasterStandbyAsync({ instanceId });
  },

  async switchover(order, dcs) {
    const client = clientOf(order, dcs);
    await warmUp(order, () => client.showInstance({ instanceId }));
    return client.switchover({ instanceId, intervalMs: 20, verifyTimeoutMs: 600 });
  },
};

/**
 * What came of each order.
 * @param {{ way: string, orders: Order[], entry: string | undefined }} what
 */
export async function run({ way, orders, entry }) {
  const dcs = entry && (await import(entry));
  const send = WAYS[way];
  if (!send) throw new Error(`no way to send is called ${way}`);
  const told = [];
  for (const order of orders) {
    told.push(
      await send(order, dcs).catch(({ name, message, outcome, report }) => ({
        error: `${name}: ${message}`,
        outcome,
        ...report,
      })),
    );
  }
  return told;
}

if (!("document" in globalThis) && process.argv[2]) {
  console.log(JSON.stringify(await run(JSON.parse(process.argv[2]))));
  // Idle connections would keep it running.
  process.exit();
}
