// @ts-check
// Asks the providers of this package for credentials: one order a line, as JSON; one answer a line, as official.py.

import { createInterface } from "node:readline";
import * as credentials from "../../../pkg-template/credentials.mjs";
import { endpointsIn } from "../../../pkg-template/lib/providers.mjs";

const OF_THE_CORE = /^(HUAWEICLOUD_|CLOUD_SDK_|HC_CONTAINER_)/;

const PROVIDERS = {
  environment: credentials.fromEnv,
  profile: credentials.fromProfile,
  metadata: credentials.fromMetadata,
  "pod-identity": credentials.fromPodIdentity,
  oidc: credentials.fromOidc,
  chain: credentials.fromChain,
};

const real = globalThis.fetch;
let metadata = "";
globalThis.fetch = (input, init) =>
  real(String(input).replace("http://169.254.169.254", metadata), init);

/** @param {any} order */
async function answerTo(order) {
  if ("region" in order) {
    const file = order.env.HUAWEICLOUD_SDK_REGIONS_FILE;
    return { endpoints: (await endpointsIn(file, order.region)) ?? null };
  }
  const provider = PROVIDERS[/** @type {keyof typeof PROVIDERS} */ (order.provider)]();
  let key;
  for (let times = order.times ?? 1; times > 0; times--) {
    key = await provider();
    // The official core waits for a refresh; this package lets it go on behind a key that is good.
    await new Promise((resolve) => setTimeout(resolve, order.times ? 50 : 0));
  }
  return key;
}

for await (const line of createInterface(process.stdin)) {
  const order = JSON.parse(line);
  for (const name of Object.keys(process.env)) if (OF_THE_CORE.test(name)) delete process.env[name];
  Object.assign(process.env, order.env);
  ({ metadata } = order);
  let answer;
  try {
    answer = await answerTo(order);
  } catch (error) {
    answer = { error: /** @type {Error} */ (error).message };
  }
  console.log(JSON.stringify(answer));
}
