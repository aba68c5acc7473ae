// @ts-check
// The credential providers, as an ES module.

export { fromEnv, fromProfile, fromMetadata, fromChain } from "./lib/providers.mjs";
