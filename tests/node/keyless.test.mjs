// @ts-check
// Swaps without a key of one's own: an identity token is changed for a temporary key by IAM, STS or pod identity, which the
// emulator plays.

import assert from "node:assert/strict";
import { after, beforeEach, describe, test } from "node:test";
import { changeMasterStandbyAsync } from "huaweicloud-dcs";
import { fromIdentityProvider, fromOidc, fromPodIdentity } from "huaweicloud-dcs/credentials";
import { World, told } from "../identity/support/world.mjs";
import * as emulator from "./support/emulator.mjs";
import { refused } from "./support/expect.mjs";

const world = new World();
const { identity } = emulator.config;
after(() => world.end());
beforeEach(() => world.set());

/** A file with an identity token of the emulator's issuer. @param {object} [wanted] */
async function tokenFile(wanted = {}) {
  const response = await fetch(`${emulator.url}/_emulator/id-tokens`, {
    method: "POST",
    body: JSON.stringify(wanted),
  });
  const { id_token } = /** @type {any} */ (await response.json());
  return { token: id_token, file: world.file(`token-${Math.random()}`, `${id_token}\n`) };
}

/** @type {[string, (file: string, more?: any) => any][]} */
const PROVIDERS = [
  [
    "pod identity",
    (file) => fromPodIdentity({ uri: emulator.url + identity.pod_identity_path, tokenFile: file }),
  ],
  [
    "identity provider",
    (idTokenFile) =>
      fromIdentityProvider({ idpId: identity.idp_id, idTokenFile, iamEndpoint: emulator.url }),
  ],
  [
    "OIDC at STS",
    (idTokenFile) =>
      fromOidc({
        ...{ providerUrn: identity.provider_urn, agencyUrn: identity.agency_urn },
        ...{ idTokenFile, stsEndpoint: emulator.url },
      }),
  ],
];

for (const [name, make] of PROVIDERS) {
  describe(name, () => {
    test("swaps, and asks IAM for the project id with the temporary key", async () => {
      const { instanceId } = await emulator.target();
      const credentials = make((await tokenFile()).file);
      const options = {
        region: emulator.region,
        endpoint: emulator.url,
        iamEndpoint: emulator.url,
      };
      await changeMasterStandbyAsync({ ...options, credentials, instanceId });
      const [request] = await emulator.requestsFor(instanceId);
      assert.equal(request.access_key, (await credentials()).ak);
      assert.match(request.signed_headers, /x-security-token/);
    });

    for (const [shown, wanted, part] of /** @type {[string, object, RegExp][]} */ ([
      ["has ended", { expires_in_ms: -1000 }, /HTTP 401: .*The id token has expired/],
      ["is for somebody else", { audience: "other" }, /HTTP 401: .*The audience .* is not allowed/],
    ])) {
      test(`whose token ${shown} swaps nothing, and says so`, async () => {
        const { instanceId, endpoint, projectId } = await emulator.target();
        const { file, token } = await tokenFile(wanted);
        const call = changeMasterStandbyAsync({
          ...{ instanceId, endpoint, projectId },
          credentials: make(file),
        });
        const error = await refused(call, "CredentialsError", {
          outcome: "not_sent",
          message: part,
        });
        assert.ok(error.message.includes(`${name}: `), error.message);
        assert.ok(error.message.includes(file), error.message);
        assert.ok(!told(error).includes(token));
        assert.equal((await emulator.counters(instanceId)).swap_requests, 0);
      });
    }
  });
}
