// @ts-check
// For edge runtimes of the Vercel kind, Next.js' among them: they refuse to compile bytes, and `?module` is how their
// bundlers import a module, compiled already.

import { adopt } from "./adopt.mjs";
import wasm from "./lib/client.wasm?module";
import * as client from "./lib/client.mjs";

client.loadFrom({ sync: () => adopt(wasm) });

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
