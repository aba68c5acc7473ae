// @ts-check
// The content script: no module itself, it imports one of the extension. What to use the package with stands behind the `#` of
// the page's URL; what came of it is left in the document, which both worlds see.

const { chrome } = /** @type {any} */ (globalThis);

void (async () => {
  const { run } = await import(chrome.runtime.getURL("run.js"));
  const result = await run(JSON.parse(decodeURIComponent(location.hash.slice(1))));
  document.documentElement.dataset.result = JSON.stringify(result);
})();
