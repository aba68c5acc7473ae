// @ts-check
// The credential providers, as an ES module.

export {
  fromChain,
  fromEnv,
  fromIdentityProvider,
  fromKooCli,
  fromMetadata,
  fromNamed,
  fromOidc,
  fromPodIdentity,
  fromProfile,
  fromTerraform,
} from "./lib/providers.mjs";
