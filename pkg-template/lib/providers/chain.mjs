// @ts-check
// The chain: the providers in the order of the official Python core, then what users of other tools have.

import { fromEnv } from "./env.mjs";
import { failed, isAbsent, messageOf } from "./failure.mjs";
import { fromKooCli } from "./koocli.mjs";
import { fromMetadata } from "./metadata.mjs";
import { fromOidc } from "./oidc.mjs";
import { fromPodIdentity } from "./pod-identity.mjs";
import { fromProfile } from "./profile.mjs";
import { keeping } from "./refresh.mjs";
import { fromTerraform } from "./terraform.mjs";

/** @typedef {import("../../signer.js").AccessKey} AccessKey */
/** @typedef {() => Promise<AccessKey>} Provider */

/**
 * Where a client calls, which says whose IAM and STS are asked.
 * @typedef {{ region?: string, iamEndpoint?: string }} Where
 */

/**
 * The first provider that is set up is taken, and stays. One that is set up and fails ends the search: the next one may act
 * as somebody else.
 * @param {Where} [where]
 */
export function fromChain(where = {}) {
  const metadata = fromMetadata();
  /** @type {Provider[]} */
  const links = [
    fromOidc({ region: where.region }),
    fromEnv(where),
    fromProfile(where),
    metadata,
    fromPodIdentity(),
    fromKooCli({ region: where.region }),
    fromTerraform({ region: where.region }),
  ];
  /** @type {Provider | undefined} */
  let taken;
  /** @type {Promise<AccessKey> | undefined} */
  let searching;
  const search = async () => {
    const reasons = [];
    for (const link of links) {
      try {
        const key = await link();
        taken = key.expiresAt === undefined ? async () => key : link;
        return key;
      } catch (error) {
        // Whether there is a metadata service is only known by asking it.
        if (!isAbsent(error) && link !== metadata) throw error;
        reasons.push(messageOf(error));
      }
    }
    throw failed(`no credentials: ${reasons.join("; ")}`);
  };
  return keeping(async () => {
    if (taken) return taken();
    searching ??= search().finally(() => (searching = undefined));
    return searching;
  });
}

/** @type {Map<string, Provider>} */
const chains = new Map();

/**
 * The chain of this process for a place: what it gave is kept for all clients.
 * @param {Where} [where]
 */
export function chain({ region, iamEndpoint } = {}) {
  const name = JSON.stringify([region, iamEndpoint]);
  let provider = chains.get(name);
  if (!provider) chains.set(name, (provider = fromChain({ region, iamEndpoint })));
  return provider();
}

/**
 * A source by its name, as a person writes it: "environment", "profile", "metadata", "terraform", or a profile of KooCLI,
 * which may stand after "koocli:".
 * @param {string} name
 * @param {Where} [where]
 * @returns {Provider}
 */
export function fromNamed(name, where = {}) {
  const { region } = where;
  switch (name) {
    case "environment":
      return fromEnv(where);
    case "profile":
      return fromProfile(where);
    case "metadata":
      return fromMetadata();
    case "pod-identity":
      return fromPodIdentity();
    case "oidc":
      return fromOidc({ region });
    case "terraform":
      return fromTerraform({ region });
    case "koocli":
      return fromKooCli({ region });
    default:
      return fromKooCli({ profile: name.replace(/^koocli:/, ""), region });
  }
}
