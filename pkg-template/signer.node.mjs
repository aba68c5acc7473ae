// @ts-check
// The signer alone, for Node, as an ES module: the CommonJS entry under the same roof, so that a process that uses
// both holds one wasm instance and one set of classes.

import node from "./signer.node.cjs";

export const {
  signRequest,
  signedFetch,
  Credential,
  init,
  DcsError,
  InvalidArgumentError,
  CredentialsError,
  ServiceResponseError,
  ConnectionError,
  RequestTimeoutError,
  ResponseFormatError,
} = node;
