// @ts-check
// The contenders: each signs the same request, from the same plain values, with the date of now.
import { Credential, signRequest } from "huaweicloud-dcs";
import * as signer from "huaweicloud-dcs/signer";
import { cryptoSign } from "./crypto-signer.mjs";
import { KEY, PROJECT } from "./key.mjs";

const ENDPOINT = "https://dcs.cn-north-4.myhuaweicloud.com";
const PATH = `/v2/${PROJECT}/instances/00000000-0000-4000-8000-000000000001/async-swap`;

/** @typedef {{ name: string, method: string, body: object | undefined, text: string | undefined }} Case */

/** @param {number} bytes */
const bodyOf = (bytes) => ({ value: "x".repeat(bytes - '{"value":""}'.length) });

/** @type {Case[]} */
export const CASES = [
  { name: "the swap", method: "PUT", body: undefined },
  { name: "a body of 1 KiB", method: "POST", body: bodyOf(1024) },
  { name: "a body of 1 MiB", method: "POST", body: bodyOf(1024 * 1024) },
].map((one) => ({ ...one, text: one.body && JSON.stringify(one.body) }));

/** What they are called; ratios are to the first. */
export const OURS = "ours, Credential";

/**
 * A contender; it may be asynchronous.
 * @typedef {(one: Case, date?: Date) => () => Record<string, string> | Promise<unknown>} Contender
 */

const sdkDate = (/** @type {Date} */ date) => date.toISOString().replace(/[-:]|\.\d+/g, "");
const headersOf = () => ({ "Content-Type": "application/json", "X-Project-Id": PROJECT });

/** @returns {Promise<Record<string, Contender>>} */
export async function contenders() {
  // By variables: the type checker need not have them installed.
  const [coreName, awsName] = ["@huaweicloud/huaweicloud-sdk-core", "aws4fetch"];
  const core = await import(`${coreName}/auth/AKSKSigner.js`);
  const { BasicCredentials } = await import(`${coreName}/auth/BasicCredentials.js`);
  const { AwsV4Signer } = await import(awsName);
  const credential = new Credential(KEY);
  const alone = new signer.Credential(KEY);
  const url = ENDPOINT + PATH;
  const official = new BasicCredentials().withAk(KEY.ak).withSk(KEY.sk).withProjectId(PROJECT);

  /** @param {typeof signRequest} sign @param {any} credentials @returns {Contender} */
  const ours =
    (sign, credentials) =>
    ({ method, text }, date) =>
    () =>
      sign({ method, url, headers: headersOf(), body: text, date, credentials }).headers;

  return {
    [OURS]: ours(signRequest, credential),
    "ours, plain keys": ours(signRequest, KEY),
    "ours, /signer, Credential": ours(signer.signRequest, alone),
    "node:crypto by hand":
      ({ method, text }, date) =>
      () =>
        cryptoSign(KEY, method, url, headersOf(), text, date),
    "official Node core":
      ({ method, body }, date) =>
      () =>
        core.AKSKSigner.sign(
          {
            method,
            endpoint: url,
            url,
            queryParams: {},
            data: body,
            headers: { ...headersOf(), ...(date && { "X-Sdk-Date": sdkDate(date) }) },
          },
          official,
        ),
    "aws4fetch (AWS SigV4)":
      ({ method, text }) =>
      () =>
        new AwsV4Signer({
          method,
          url,
          headers: headersOf(),
          body: text,
          accessKeyId: KEY.ak,
          secretAccessKey: KEY.sk,
          service: "dcs",
          region: "cn-north-4",
        }).sign(),
  };
}

/**
 * Refuses to measure a contender that signs something else: with one date, all signatures of Huawei Cloud agree.
 * @param {Record<string, Contender>} all
 */
export async function checkAgreement(all) {
  const date = new Date(1_700_000_000_000);
  for (const one of CASES) {
    /** @type {Map<string, string>} */
    const signatures = new Map();
    for (const [name, contender] of Object.entries(all)) {
      const headers = /** @type {Record<string, string>} */ (await contender(one, date)());
      const signature = /Signature=(\w+)/.exec(headers.Authorization ?? "")?.[1];
      if (!name.startsWith("aws4fetch")) signatures.set(name, signature ?? "none");
    }
    if (new Set(signatures.values()).size !== 1) {
      throw new Error(`${one.name}: the signers disagree: ${JSON.stringify([...signatures])}`);
    }
  }
}
