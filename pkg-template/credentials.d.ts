/**
 * Credential providers of Node, Deno and Bun, after the official cores.
 *
 * @packageDocumentation
 */
import type { AccessKey } from "./signer.js";

/** The environment: `HUAWEICLOUD_SDK_AK`, `_SK`, `_SECURITY_TOKEN`, `_PROJECT_ID`; or `CLOUD_SDK_AK` and `CLOUD_SDK_SK`. */
export declare function fromEnv(): () => Promise<AccessKey>;

/** Section `[basic]` of `~/.huaweicloud/credentials`, of `HUAWEICLOUD_SDK_CREDENTIALS_FILE`, or of `path`. */
export declare function fromProfile(options?: { path?: string }): () => Promise<AccessKey>;

/** The metadata service of the cloud server this runs on: a temporary key of its agency. 3 seconds for each answer unless given. */
export declare function fromMetadata(options?: {
  endpoint?: string;
  timeoutMs?: number;
}): () => Promise<AccessKey>;

/** The official chain: environment, profile file, metadata service. Used when a client in Node is given no credentials. */
export declare function fromChain(): () => Promise<AccessKey>;
