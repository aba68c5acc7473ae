// @ts-check
// One cold process: imports a signer, signs the swap once, and prints the milliseconds. The argument says which.
import { KEY, PROJECT } from "./key.mjs";

const url = `https://dcs.cn-north-4.myhuaweicloud.com/v2/${PROJECT}/instances/00000000-0000-4000-8000-000000000001/async-swap`;
const headers = { "Content-Type": "application/json", "X-Project-Id": PROJECT };

/** @type {Record<string, () => Promise<unknown>>} */
const contenders = {
  async ours() {
    const { signRequest } = await import("huaweicloud-dcs");
    return signRequest({ method: "PUT", url, headers, credentials: KEY });
  },
  async signer() {
    const { signRequest } = await import("huaweicloud-dcs/signer");
    return signRequest({ method: "PUT", url, headers, credentials: KEY });
  },
  async crypto() {
    const { cryptoSign } = await import("./crypto-signer.mjs");
    return cryptoSign(KEY, "PUT", url, headers);
  },
  async core() {
    const name = "@huaweicloud/huaweicloud-sdk-core";
    const { BasicCredentials } = await import(name);
    const { AKSKSigner } = await import(`${name}/auth/AKSKSigner.js`);
    const key = new BasicCredentials().withAk(KEY.ak).withSk(KEY.sk).withProjectId(PROJECT);
    return AKSKSigner.sign({ method: "PUT", endpoint: url, url, queryParams: {}, headers }, key);
  },
  async aws4fetch() {
    const name = "aws4fetch";
    const { AwsV4Signer } = await import(name);
    const key = { accessKeyId: KEY.ak, secretAccessKey: KEY.sk };
    return new AwsV4Signer({
      method: "PUT",
      url,
      headers,
      ...key,
      service: "dcs",
      region: "x",
    }).sign();
  },
};

const start = performance.now();
const signed = await contenders[process.argv[2] ?? ""]?.();
if (!signed) throw new Error(`no contender ${process.argv[2]}`);
console.log(performance.now() - start);
