// @ts-check
// The credential providers, as CommonJS. The usual entry comes along: it says where the wasm module is, which reads
// profile files.
"use strict";

require("./node.cjs");
const { fromEnv, fromProfile, fromMetadata, fromChain } = require("./providers.cjs");

module.exports = { fromEnv, fromProfile, fromMetadata, fromChain };
