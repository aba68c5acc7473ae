// @ts-check
// The signer alone, for Deno, and for bundles that run in Node: the wasm travels inside the JavaScript. Deno needs no
// permission to read it then, and a bundle (Next.js' server, a single file for a function) cannot lose it.

import { decode } from "./base64.mjs";
import base64 from "./lib/signer-inline.mjs";
import * as signer from "./lib/signer.mjs";

signer.loadFrom({ sync: () => decode(base64) });

export const signRequest = signer.signRequest;
export const signedFetch = signer.signedFetch;
export const Credential = signer.Credential;
export const init = signer.init;
export const DcsError = signer.DcsError;
export const InvalidArgumentError = signer.InvalidArgumentError;
export const CredentialsError = signer.CredentialsError;
export const ServiceResponseError = signer.ServiceResponseError;
export const ConnectionError = signer.ConnectionError;
export const RequestTimeoutError = signer.RequestTimeoutError;
export const ResponseFormatError = signer.ResponseFormatError;

// Never run, and in no bundle: what collects the files of a server takes this entry for the one that Node will ask for
// (Nitro, which Nuxt is built with, does), and sees by it which that is.
void (() => import(/* webpackIgnore: true */ /* turbopackIgnore: true */ "./signer.node.mjs"));
