// @ts-check
// For Cloudflare's workerd: it refuses to compile bytes, so the module is imported, compiled already.

import wasm from "./lib/client.wasm";
import * as client from "./lib/client.mjs";

client.loadFrom({ sync: () => wasm });

export const DcsClient = client.DcsClient;
export const changeMasterStandbyAsync = client.changeMasterStandbyAsync;
export const signRequest = client.signRequest;
export const signedFetch = client.signedFetch;
export const Credential = client.Credential;
export const regions = client.regions;
export const init = client.init;
export const DcsError = client.DcsError;
export const InvalidArgumentError = client.InvalidArgumentError;
export const CredentialsError = client.CredentialsError;
export const ServiceResponseError = client.ServiceResponseError;
export const ConnectionError = client.ConnectionError;
export const RequestTimeoutError = client.RequestTimeoutError;
export const ResponseFormatError = client.ResponseFormatError;
export const SwitchoverError = client.SwitchoverError;
