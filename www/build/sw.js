// @ts-check
// Keeps the page's own files, so that it opens without a network. Calls to the service never pass through here: only
// the files listed by the build are answered, and nothing else is ever stored.

const CACHE = "dcs-console-__VERSION__";
/** @type {string[]} */
const FILES = [/* __FILES__ */];
const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
const { scope } = worker.registration;
const known = new Set(FILES.map((file) => new URL(file, scope).href));

worker.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(FILES)));
});

worker.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) =>
        Promise.all(
          names
            .filter((name) => name.startsWith("dcs-console-") && name !== CACHE)
            .map((name) => caches.delete(name)),
        ),
      ),
  );
});

/**
 * The page: the network's if there is one, so that a new version is seen at once.
 * @param {Request} request
 */
async function page(request) {
  try {
    return await fetch(request);
  } catch {
    return (await caches.match(new URL("./", scope).href)) ?? Response.error();
  }
}

/**
 * Other files carry a hash of their content in their name: what is stored is right.
 * @param {Request} request
 */
async function file(request) {
  return (await caches.match(request)) ?? fetch(request);
}

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  if (request.mode === "navigate" && request.url.split("#")[0] === scope) {
    event.respondWith(page(request));
  } else if (known.has(request.url)) {
    event.respondWith(file(request));
  }
});
