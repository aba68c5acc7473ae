/**
 * The client of a page whose own back end holds the keys and signs (`huaweicloud-dcs/server`), in a wasm module without a signer.
 *
 * @example
 * import { DcsClient } from "huaweicloud-dcs/page";
 *
 * const dcs = new DcsClient({ server: "/dcs" });
 * const report = await dcs.switchover({ instanceId });
 * console.log(report.result); // "swapped"
 *
 * @packageDocumentation
 */

import { DcsClient as Client } from "./index.js";
import type { ClientOptions } from "./index.js";

export type * from "./index.js";
export {
  init,
  DcsError,
  InvalidArgumentError,
  CredentialsError,
  ServiceResponseError,
  ConnectionError,
  RequestTimeoutError,
  ResponseFormatError,
  SwitchoverError,
} from "./index.js";

/** Options of this client: those that do not belong to the back end. */
export interface PageClientOptions extends Omit<
  ClientOptions,
  | "algorithm"
  | "cesEndpoint"
  | "clockOffsetMs"
  | "credentials"
  | "endpoint"
  | "iamEndpoint"
  | "projectId"
  | "server"
  | "signer"
  | "via"
> {
  /**
   * The page's own back end (`huaweicloud-dcs/server`): a path of the page's origin, `/dcs`, or an absolute URL. Without it
   * each call rejects with an InvalidArgumentError.
   */
  server: string;
}

/** The client of `huaweicloud-dcs`, with everything that it does through a back end. */
export declare class DcsClient extends Client {
  constructor(options: PageClientOptions);
}
