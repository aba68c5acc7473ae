// @ts-check
// For Node, as CommonJS. The wasm file is read and compiled synchronously at the first call, so that importing costs
// next to nothing and `signRequest` needs no `await init()`.
"use strict";

const { readFileSync } = require("node:fs");
const { join } = require("node:path");

// What the ES module has loaded in this process, if it has: there is one wasm instance and one set of classes.
const key = Symbol.for(`huaweicloud-dcs/client ${__dirname}`);
const global = /** @type {{ [key]?: typeof import("./lib/client.mjs") }} */ (globalThis);
const client = (global[key] ??= require("./lib/client.cjs"));

client.loadFrom({ sync: () => readFileSync(join(__dirname, "lib/client.wasm")) });
client.completeFrom(() => require("./lib/providers.cjs"));

exports.DcsClient = client.DcsClient;
exports.changeMasterStandbyAsync = client.changeMasterStandbyAsync;
exports.signRequest = client.signRequest;
exports.signedFetch = client.signedFetch;
exports.Credential = client.Credential;
exports.regions = client.regions;
exports.init = client.init;
exports.DcsError = client.DcsError;
exports.InvalidArgumentError = client.InvalidArgumentError;
exports.CredentialsError = client.CredentialsError;
exports.ServiceResponseError = client.ServiceResponseError;
exports.ConnectionError = client.ConnectionError;
exports.RequestTimeoutError = client.RequestTimeoutError;
exports.ResponseFormatError = client.ResponseFormatError;
exports.SwitchoverError = client.SwitchoverError;
