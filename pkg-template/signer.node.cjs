// @ts-check
// The signer alone, for Node, as CommonJS. The wasm file is read and compiled synchronously at the first call, so that
// importing costs next to nothing and `signRequest` needs no `await init()`.
"use strict";

const { readFileSync } = require("node:fs");
const { join } = require("node:path");

// What the ES module has loaded in this process, if it has: there is one wasm instance and one set of classes.
const key = Symbol.for(`huaweicloud-dcs/signer ${__dirname}`);
const global = /** @type {{ [key]?: typeof import("./lib/signer.mjs") }} */ (globalThis);
const signer = (global[key] ??= require("./lib/signer.cjs"));

signer.loadFrom({ sync: () => readFileSync(join(__dirname, "lib/signer.wasm")) });

exports.signRequest = signer.signRequest;
exports.signedFetch = signer.signedFetch;
exports.Credential = signer.Credential;
exports.init = signer.init;
exports.DcsError = signer.DcsError;
exports.InvalidArgumentError = signer.InvalidArgumentError;
exports.CredentialsError = signer.CredentialsError;
exports.ServiceResponseError = signer.ServiceResponseError;
exports.ConnectionError = signer.ConnectionError;
exports.RequestTimeoutError = signer.RequestTimeoutError;
exports.ResponseFormatError = signer.ResponseFormatError;
