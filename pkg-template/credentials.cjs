// @ts-check
// The credential providers, as CommonJS.
"use strict";

const providers = require("./lib/providers.cjs");

exports.fromChain = providers.fromChain;
exports.fromEnv = providers.fromEnv;
exports.fromIdentityProvider = providers.fromIdentityProvider;
exports.fromKooCli = providers.fromKooCli;
exports.fromMetadata = providers.fromMetadata;
exports.fromNamed = providers.fromNamed;
exports.fromOidc = providers.fromOidc;
exports.fromPodIdentity = providers.fromPodIdentity;
exports.fromProfile = providers.fromProfile;
exports.fromTerraform = providers.fromTerraform;
