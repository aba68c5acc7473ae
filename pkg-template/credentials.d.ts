/**
 * Credential providers of Node, Deno and Bun, after the official cores.
 *
 * Each is a function that gets a key. A temporary key is kept; 40 minutes before its end the next one is asked for, once
 * however many calls wait, and the old one is used as long as it is good. Messages of failures name the provider, and its
 * file where there is one, and hold no secret.
 *
 * @packageDocumentation
 */
import type { AccessKey } from "./signer.js";

/** Where a client calls: it says whose IAM and STS are asked, where neither options nor variables do. */
export interface ProviderPlace {
  /** For example `cn-north-4`. */
  region?: string;
  /** Instead of the region's. `HUAWEICLOUD_SDK_IAM_ENDPOINT` unless given. */
  iamEndpoint?: string;
}

/**
 * The environment: the identity provider of `HUAWEICLOUD_SDK_IDP_ID` and `HUAWEICLOUD_SDK_ID_TOKEN_FILE`, else
 * `HUAWEICLOUD_SDK_AK`, `_SK`, `_SECURITY_TOKEN`, else `CLOUD_SDK_AK` and `CLOUD_SDK_SK`; with `HUAWEICLOUD_SDK_PROJECT_ID`.
 */
export declare function fromEnv(options?: ProviderPlace): () => Promise<AccessKey>;

export interface ProfileOptions extends ProviderPlace {
  /** `HUAWEICLOUD_SDK_CREDENTIALS_FILE` unless given, else `~/.huaweicloud/credentials`. */
  path?: string;
}

/** Section `[basic]` of the profile file: `idp_id` and `id_token_file`, else `ak`, `sk` and `security_token`; with `project_id` and `iam_endpoint`. */
export declare function fromProfile(options?: ProfileOptions): () => Promise<AccessKey>;

export interface MetadataOptions {
  /** `http://169.254.169.254` unless given. */
  endpoint?: string;
  /** For each answer, in milliseconds: 3,000 unless given. */
  timeoutMs?: number;
}

/** The metadata service of the cloud server this runs on: a temporary key of its agency. */
export declare function fromMetadata(options?: MetadataOptions): () => Promise<AccessKey>;

export interface PodIdentityOptions {
  /** `HC_CONTAINER_CREDENTIALS_FULL_URI` unless given. Plain http only to the node itself. */
  uri?: string;
  /** `HC_CONTAINER_AUTHORIZATION_TOKEN_FILE` unless given. Read anew for each key. */
  tokenFile?: string;
  /** For each answer, in milliseconds: 5,000 unless given. */
  timeoutMs?: number;
}

/** Pod identity of a Kubernetes cluster: a temporary key for the token of the pod. */
export declare function fromPodIdentity(options?: PodIdentityOptions): () => Promise<AccessKey>;

export interface IdentityProviderOptions extends ProviderPlace {
  /** The identity provider's name in IAM. `HUAWEICLOUD_SDK_IDP_ID` unless given. */
  idpId?: string;
  /** `HUAWEICLOUD_SDK_ID_TOKEN_FILE` unless given. Read anew for each key. */
  idTokenFile?: string;
  /** `HUAWEICLOUD_SDK_PROJECT_ID` unless given. */
  projectId?: string;
  /** For each answer, in milliseconds: 10,000 unless given. */
  timeoutMs?: number;
}

/** An identity provider that IAM trusts: its token is changed for a temporary key of six hours. */
export declare function fromIdentityProvider(
  options?: IdentityProviderOptions,
): () => Promise<AccessKey>;

export interface OidcOptions {
  /** `HUAWEICLOUD_OIDC_PROVIDER_URN` unless given. */
  providerUrn?: string;
  /** `HUAWEICLOUD_OIDC_AGENCY_URN` unless given. */
  agencyUrn?: string;
  /** The token, or what gets a new one for each key. `HUAWEICLOUD_OIDC_ID_TOKEN` unless given, else the file. */
  idToken?: string | (() => string | Promise<string>);
  /** `HUAWEICLOUD_OIDC_TOKEN_FILE` unless given. Read anew for each key. */
  idTokenFile?: string;
  /** `HUAWEICLOUD_OIDC_SESSION_NAME` unless given, else `oidc-sts-session`. */
  sessionName?: string;
  /** Of the key. `HUAWEICLOUD_OIDC_DURATION_SECONDS` unless given, else 3,600. */
  durationSeconds?: number;
  /** Narrows what the key may do. `HUAWEICLOUD_OIDC_POLICY` unless given. */
  policy?: string;
  /** `HUAWEICLOUD_OIDC_POLICY_IDS` unless given, separated by commas. */
  policyIds?: string[];
  /** `HUAWEICLOUD_SDK_PROJECT_ID` unless given. */
  projectId?: string;
  /** `HUAWEICLOUD_SDK_STS_ENDPOINT` unless given, else the region's. */
  stsEndpoint?: string;
  /** The region whose STS is asked; that of `cn-north-4` where it has none. */
  region?: string;
  /** For each answer, in milliseconds: 10,000 unless given. */
  timeoutMs?: number;
}

/** OpenID Connect at STS, for example of GitHub Actions: a token is changed for a temporary key of an agency. */
export declare function fromOidc(options?: OidcOptions): () => Promise<AccessKey>;

export interface KooCliOptions {
  /** The profile's name; KooCLI's current one unless given. */
  profile?: string;
  /** `~/.hcloud/config.json` unless given. */
  path?: string;
  /** The profile's project id is taken only if the profile is of this region. Any, unless given. */
  region?: string;
}

/** A profile of KooCLI (`hcloud`), of mode `AKSK` and stored without encryption. */
export declare function fromKooCli(options?: KooCliOptions): () => Promise<AccessKey>;

/** The environment of Terraform's provider: `HW_ACCESS_KEY`, `HW_SECRET_KEY`, `HW_SECURITY_TOKEN`; `HW_PROJECT_ID` if `HW_REGION_NAME` is not another region. */
export declare function fromTerraform(options?: { region?: string }): () => Promise<AccessKey>;

/**
 * The chain: OIDC at STS, environment, profile file, metadata service, pod identity, KooCLI, Terraform. The first that is set
 * up is taken, and stays; if it fails, the error says so, for the next one might act as somebody else. One that is set up by
 * half has failed: an access key without its secret, a file that is named and is not there, a profile file without a key. Used
 * when a client in Node, Deno or Bun is given no credentials.
 */
export declare function fromChain(options?: ProviderPlace): () => Promise<AccessKey>;

/**
 * One source by its name: `oidc`, `environment`, `profile`, `metadata`, `pod-identity`, `koocli`, `terraform`; any other name is
 * that of a profile of KooCLI, which may also be written `koocli:NAME`.
 */
export declare function fromNamed(name: string, options?: ProviderPlace): () => Promise<AccessKey>;
