/**
 * The signer with the asymmetric algorithms too, in a wasm module of its own.
 *
 * @packageDocumentation
 */

export * from "./signer.js";
import type {
  Algorithm as SymmetricAlgorithm,
  CredentialsInput,
  SignedFetchOptions as SymmetricSignedFetchOptions,
  SignedRequest,
  SignRequestOptions as SymmetricSignRequestOptions,
} from "./signer.js";

export type Algorithm = SymmetricAlgorithm | "SDK-ECDSA-P256-SHA256" | "SDK-SM2-SM3";

export interface SignRequestOptions extends Omit<SymmetricSignRequestOptions, "algorithm"> {
  /** `SDK-HMAC-SHA256` unless given. */
  algorithm?: Algorithm;
}

export interface SignedFetchOptions extends Omit<SymmetricSignedFetchOptions, "algorithm"> {
  /** `SDK-HMAC-SHA256` unless given. */
  algorithm?: Algorithm;
}

/**
 * Signs a request; synchronous. In Node it always works; elsewhere `await init()` first.
 *
 * @throws InvalidArgumentError naming the `field`.
 */
export declare function signRequest(options: SignRequestOptions): SignedRequest;

/** A `fetch` that signs; see `huaweicloud-dcs/signer`. */
export declare function signedFetch(
  credentials?: CredentialsInput,
  options?: SignedFetchOptions,
): (input: string | URL | Request, init?: RequestInit) => Promise<Response>;
