// @ts-check
// The credential providers, as CommonJS.
"use strict";

const { fromEnv, fromProfile, fromMetadata, fromChain } = require("./lib/providers.cjs");

module.exports = { fromEnv, fromProfile, fromMetadata, fromChain };
