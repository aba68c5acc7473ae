// @ts-check
// The environment: an access key, or an identity provider.

import { variable } from "../environment.mjs";
import { absent, failed } from "./failure.mjs";
import { fromIdentityProvider } from "./identity-provider.mjs";
import { key } from "./key.mjs";
import { keeping } from "./refresh.mjs";

/**
 * HUAWEICLOUD_SDK_IDP_ID and _ID_TOKEN_FILE, else HUAWEICLOUD_SDK_AK and _SK, else CLOUD_SDK_AK and CLOUD_SDK_SK.
 * @param {{ region?: string, iamEndpoint?: string }} [options]
 */
export function fromEnv(options = {}) {
  const identity = fromIdentityProvider(options);
  return keeping(async () => {
    const idpId = variable("HUAWEICLOUD_SDK_IDP_ID");
    const idTokenFile = variable("HUAWEICLOUD_SDK_ID_TOKEN_FILE");
    if (idpId && idTokenFile) return identity();
    for (const prefix of ["HUAWEICLOUD_SDK", "CLOUD_SDK"]) {
      const ak = variable(`${prefix}_AK`);
      const sk = variable(`${prefix}_SK`);
      if (!ak !== !sk) throw failed(`environment: ${prefix}_${ak ? "SK" : "AK"} is missing`);
      if (ak && sk) {
        return key(
          ak,
          sk,
          variable("HUAWEICLOUD_SDK_SECURITY_TOKEN"),
          variable("HUAWEICLOUD_SDK_PROJECT_ID"),
        );
      }
    }
    if (idpId || idTokenFile) {
      const missing = idpId ? "ID_TOKEN_FILE" : "IDP_ID";
      throw failed(`environment: HUAWEICLOUD_SDK_${missing} is missing`);
    }
    throw absent(
      "environment: neither HUAWEICLOUD_SDK_AK and _SK nor CLOUD_SDK_AK and CLOUD_SDK_SK are set",
    );
  });
}
