// @ts-check
// Which keys the console acts with, and where they come from. They stay in this process.

import { fromChain, fromEnv, fromProfile } from "huaweicloud-dcs/credentials";

/** @typedef {import("huaweicloud-dcs").AccessKey} AccessKey */

/** No keys were found; the message says where they were looked for. */
export class NoKeys extends Error {}

/**
 * The keys of the chain, and where they come from. It is asked again whenever keys have to be renewed.
 * @param {import("huaweicloud-dcs/credentials").ProviderPlace} place Where the console calls.
 * @returns {Promise<{ source: string, provider: () => Promise<AccessKey>, key: AccessKey }>}
 */
export async function findKeys(place) {
  /** @type {[string, () => Promise<AccessKey>][]} */
  const places = [
    ["the environment", fromEnv(place)],
    [
      `the profile file ${process.env.HUAWEICLOUD_SDK_CREDENTIALS_FILE ?? "~/.huaweicloud/credentials"}`,
      fromProfile(place),
    ],
  ];
  const provider = fromChain(place);
  /** @type {AccessKey} */
  let key;
  try {
    key = await provider();
  } catch (error) {
    throw new NoKeys(error instanceof Error ? error.message : String(error));
  }
  // A key with an end was asked for somewhere: to ask once more would give another.
  if (key.expiresAt === undefined) {
    for (const [source, own] of places) {
      const found = await own().catch(() => undefined);
      if (found?.ak === key.ak) return { source, provider, key };
    }
  }
  return { source: "the identity of this machine", provider, key };
}

/** The access key id, which is not secret, shortened. @param {AccessKey} key */
export const shown = ({ ak }) => (ak.length > 8 ? `${ak.slice(0, 4)}…${ak.slice(-4)}` : ak);
