// @ts-check
// The environment of Terraform's provider: an access key.

import { variable } from "../environment.mjs";
import { missing } from "./failure.mjs";
import { key } from "./key.mjs";

/**
 * HW_ACCESS_KEY, HW_SECRET_KEY, HW_SECURITY_TOKEN and HW_PROJECT_ID.
 * @param {{ region?: string }} [options]
 */
export function fromTerraform({ region } = {}) {
  return async () => {
    const ak = variable("HW_ACCESS_KEY");
    const sk = variable("HW_SECRET_KEY");
    if (!ak || !sk)
      throw missing(Boolean(ak || sk))(`Terraform: HW_${ak ? "SECRET" : "ACCESS"}_KEY is not set`);
    // A project is one of a region: that of another region would only be refused.
    const own = variable("HW_REGION_NAME");
    const fits = region === undefined || own === undefined || own === region;
    const projectId = fits ? variable("HW_PROJECT_ID") : undefined;
    return key(ak, sk, variable("HW_SECURITY_TOKEN"), projectId);
  };
}
