// A page that swaps, and holds no secret: its back end signs each request after its own checks.

import { DcsClient } from "/pkg/browser.mjs";

/** Asks the back end for the headers of a request. */
async function signer(request) {
  const response = await fetch("/sign", { method: "POST", body: JSON.stringify(request) });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error);
  // What the page ever has of the key: a signature for one request.
  window.signed = answer;
  return answer;
}

/** What the test calls. */
window.swap = async ({ instanceId, ...options }, forge = (request) => request) => {
  const dcs = new DcsClient({ ...options, signer: (request) => signer(forge(request)) });
  try {
    return await dcs.switchover({ instanceId, intervalMs: 50 });
  } finally {
    dcs.free();
  }
};

/** The same without the reads before: the swap alone. */
window.swapOnly = async (options, forge = (request) => request) => {
  const dcs = new DcsClient({ signer: (request) => signer(forge(request)) });
  try {
    return await dcs.changeMasterStandbyAsync(options);
  } finally {
    dcs.free();
  }
};
window.ready = true;
