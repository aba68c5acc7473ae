// @ts-check
// A tab or a worker that begins and ends switchovers as fast as it can, and checks that it is alone.
const MODULE = "/journal.mjs";

/** @typedef {{ name: string, key: string, record: any, ms: number }} Order */

/** Looks for its mark, sets it, and sees whether it stays: what two at once would break. @param {string} id */
async function isAlone(id) {
  const cache = await caches.open("alone");
  const there = await cache.match("/mark");
  if (there) return `${id} met ${await there.text()}`;
  await cache.put("/mark", new Response(id));
  await new Promise((resolve) => setTimeout(resolve, 2));
  const mine = await (await cache.match("/mark"))?.text();
  await cache.delete("/mark");
  return mine === id ? undefined : `${id} became ${mine}`;
}

/** @param {Order} order */
export async function race({ name, key, record, ms }) {
  const { webJournal } = await import(MODULE);
  const journal = webJournal();
  const end = Date.now() + ms;
  const faults = [];
  let [begun, refused] = [0, 0];
  for (let round = 0; Date.now() < end; round += 1) {
    const id = `${name}-${round}`;
    try {
      await journal.write(key, { ...record, id });
    } catch (error) {
      if (!(/** @type {any} */ (error).record)) faults.push(String(error));
      refused += 1;
      continue;
    }
    const fault = await isAlone(id);
    if (fault) faults.push(fault);
    await journal.write(key, { ...record, id, state: "accepted" });
    const found = await journal.read(key);
    if (found?.id !== id || found.state !== "accepted") faults.push(`${id} found ${found?.id}`);
    await journal.remove(key);
    begun += 1;
  }
  return { begun, refused, faults };
}

if ("WorkerGlobalScope" in globalThis) {
  addEventListener("message", async ({ data }) => postMessage(await race(data)));
}
