// @ts-check
// The credential providers of Node, as an ES module.

import credentials from "./credentials.cjs";

export const { fromEnv, fromProfile, fromMetadata, fromChain } = credentials;
