// @ts-check
// For Deno, and for bundles that run in Node: the wasm travels inside the JavaScript. Deno needs no permission to
// read it then, and a bundle (Next.js' server, a single file for a function) cannot lose it.

import { decode } from "./base64.mjs";
import base64 from "./lib/client-inline.mjs";
import * as client from "./lib/client.mjs";
import * as providers from "./lib/providers.mjs";

client.loadFrom({ sync: () => decode(base64) });
client.completeFrom(() => providers);

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

// Never run, and in no bundle: what collects the files of a server takes this entry for the one that Node will ask for
// (Nitro, which Nuxt is built with, does), and sees by it which that is.
void (() => import(/* webpackIgnore: true */ /* turbopackIgnore: true */ "./node.mjs"));
