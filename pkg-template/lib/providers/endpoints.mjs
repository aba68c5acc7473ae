// @ts-check
// Where IAM and STS are asked: what is given, else the environment, else the region's, else the default of the cores.

import { variable } from "../environment.mjs";
import { checkOrigin } from "./http.mjs";

/** Regions with an IAM of their own, as in src/region.rs, and those with an STS. */
const IAM = new Set(
  (
    "ae-ad-1 af-south-1 ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 cn-east-2 cn-east-3 cn-east-4 " +
    "cn-east-5 cn-north-1 cn-north-12 cn-north-2 cn-north-4 cn-north-9 cn-south-1 cn-south-2 cn-southwest-2 eu-west-0 " +
    "eu-west-101 la-north-2 la-south-2 me-east-1 my-kualalumpur-1 na-mexico-1 ru-moscow-1 sa-brazil-1 tr-west-1"
  ).split(" "),
);
const STS = new Set(
  (
    "af-south-1 ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 cn-east-3 cn-north-4 cn-south-1 " +
    "cn-southwest-2 la-south-2 sa-brazil-1 tr-west-1"
  ).split(" "),
);

/** @param {string | undefined} region */
export function regionalIam(region = "") {
  const domain = region === "eu-west-101" ? "myhuaweicloud.eu" : "myhuaweicloud.com";
  return IAM.has(region) ? `https://iam.${region}.${domain}` : "https://iam.myhuaweicloud.com";
}

/** @param {string | undefined} region */
export const regionalSts = (region = "") =>
  `https://sts.${STS.has(region) ? region : "cn-north-4"}.myhuaweicloud.com`;

/**
 * @param {string} who
 * @param {string | undefined} given
 * @param {string | undefined} region
 */
export const iamOrigin = (who, given, region) =>
  checkOrigin(
    who,
    "the endpoint of IAM",
    given ?? variable("HUAWEICLOUD_SDK_IAM_ENDPOINT") ?? regionalIam(region),
  );

/**
 * @param {string} who
 * @param {string | undefined} given
 * @param {string | undefined} region
 */
export const stsOrigin = (who, given, region) =>
  checkOrigin(
    who,
    "the endpoint of STS",
    given ?? variable("HUAWEICLOUD_SDK_STS_ENDPOINT") ?? regionalSts(region),
  );
