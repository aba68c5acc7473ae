// @ts-check
// For places that can load nothing else: the wasm travels inside the JavaScript, in base64. A third larger than the
// file, so take it only where the usual entry does not work.

import { decode } from "./base64.mjs";
import base64 from "./lib/client-inline.mjs";
import * as client from "./lib/client.mjs";

client.loadFrom({ sync: () => decode(base64) });

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
