// @ts-check
// Keeps a temporary key, and gets the next one in time.

/** @typedef {import("../../signer.js").AccessKey} AccessKey */

/** As the official cores have it. */
const EARLY_MS = 40 * 60 * 1000;

/** So short before its end a key is used no more: a request that is signed now arrives later, at another clock. */
const LAST_MS = 15 * 1000;

/** After a refresh that brought nothing, the next one waits so long, as long as the old key is good. */
const AGAIN_MS = 60 * 1000;

/** On a provider that keeps its key itself; src/js/credential.js asks it each time. */
const KEEPS = Symbol.for("huaweicloud-dcs.keeps-its-key");

/**
 * @template {Function} T
 * @param {T} provider
 * @returns {T}
 */
export const keeping = (provider) => Object.defineProperty(provider, KEEPS, { value: true });

/** @param {AccessKey | undefined} key */
const endOf = (key) => (key ? new Date(key.expiresAt ?? Infinity).getTime() : -Infinity);

/**
 * A provider over `ask`, which is called once however many wait. 40 minutes before its key ends the next one is asked for,
 * and the old one given as long as it is good; so whoever is asked may fail for a while.
 * @param {() => Promise<AccessKey>} ask
 */
export function refreshed(ask) {
  /** @type {AccessKey | undefined} */
  let kept;
  /** @type {Promise<AccessKey> | undefined} */
  let pending;
  let notBefore = 0;
  const refresh = () => {
    pending ??= (async () => {
      try {
        const before = endOf(kept);
        const next = await ask();
        // A service may give the same key until shortly before its end.
        if (endOf(next) - before < AGAIN_MS) notBefore = Date.now() + AGAIN_MS;
        // The same object as long as it is the same key: what was made of it is used again.
        return (kept = next.ak === kept?.ak && endOf(next) === before ? kept : next);
      } catch (error) {
        notBefore = Date.now() + AGAIN_MS;
        throw error;
      } finally {
        pending = undefined;
      }
    })();
    return pending;
  };
  return keeping(async () => {
    const left = endOf(kept) - Date.now();
    if (kept && left > LAST_MS) {
      if (left <= EARLY_MS && Date.now() >= notBefore) refresh().catch(() => {});
      return kept;
    }
    try {
      return await refresh();
    } catch (error) {
      if (kept && endOf(kept) > Date.now()) return kept;
      throw error;
    }
  });
}
