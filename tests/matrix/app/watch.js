// @ts-check
// Imported before the package: counts what it fetches.

let count = 0;
const { fetch } = globalThis;
globalThis.fetch = (...given) => {
  count++;
  return fetch(...given);
};

/** How often anything was fetched by now. */
export const fetches = () => count;

/** The same, once all that the imports began has got as far as it gets without waiting for an event. */
export async function fetchesAtImport() {
  await new Promise((resolve) => setTimeout(resolve));
  return count;
}
