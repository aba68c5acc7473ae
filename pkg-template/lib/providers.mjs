// @ts-check
// Credential providers of Node, Deno and Bun, after the official cores, each in a file of its own. They read files and the
// environment, so they are a bundle of their own, which no browser loads.

export { chain, fromChain, fromNamed } from "./providers/chain.mjs";
export { fromEnv } from "./providers/env.mjs";
export { fromIdentityProvider } from "./providers/identity-provider.mjs";
export { fromKooCli } from "./providers/koocli.mjs";
export { fromMetadata } from "./providers/metadata.mjs";
export { fromOidc } from "./providers/oidc.mjs";
export { fromPodIdentity } from "./providers/pod-identity.mjs";
export { fromProfile, parse } from "./providers/profile.mjs";
export { endpointsIn } from "./providers/regions.mjs";
export { fromTerraform } from "./providers/terraform.mjs";
