// The credential providers of Node, Deno and Bun, as an ES module.

import credentials from "./credentials.cjs";

export const { fromEnv, fromProfile, fromMetadata, fromChain } = credentials;
