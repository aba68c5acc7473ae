// @ts-check
// A thousand calls at once: ShowInstance of the emulator, each signed, sent and read.
import { DcsClient } from "huaweicloud-dcs";
import { Emulator } from "../tests/support/emulator.mjs";
import { cryptoSign } from "./crypto-signer.mjs";
import { measure } from "./rounds.mjs";

const CALLS = 1000;

/**
 * Milliseconds of processor time for all calls of each contender, round by round.
 * @param {string} url The emulator's.
 * @param {number} rounds
 */
export async function measureCalls(url, rounds) {
  const config = await new Emulator(url).config();
  const { project_id: projectId, instance_id: instanceId } = config;
  const key = { ak: config.access_key, sk: config.secret_key };
  const coreName = "@huaweicloud/huaweicloud-sdk-core";
  const { BasicCredentials } = await import(coreName);
  const { ClientBuilder } = await import(`${coreName}/ClientBuilder.js`);
  const dcs = new DcsClient({ endpoint: url, projectId, credentials: key });
  const official = new ClientBuilder((/** @type {unknown} */ client) => client)
    .withCredential(new BasicCredentials().withAk(key.ak).withSk(key.sk).withProjectId(projectId))
    .withEndpoint(url)
    .build();
  const path = `/v2/${projectId}/instances/${instanceId}`;
  const headers = { "Content-Type": "application/json", "X-Project-Id": projectId };

  /** @type {Record<string, () => Promise<any>>} */
  const contenders = {
    "ours, DcsClient": () => dcs.showInstance({ instanceId }),
    "node:crypto by hand and fetch": async () => {
      const { Host: _, ...signed } = cryptoSign(key, "GET", url + path, headers);
      const response = await fetch(url + path, { headers: signed });
      if (!response.ok) throw new Error(`HTTP ${response.status}`);
      return response.json();
    },
    "official Node core": () =>
      official.sendRequest({
        method: "GET",
        url: "/v2/{project_id}/instances/{instance_id}",
        contentType: "application/json",
        queryParams: {},
        pathParams: { project_id: projectId, instance_id: instanceId },
        headers: {},
      }),
  };

  const tasks = Object.entries(contenders).map(([name, call]) => {
    const callAll = async () => {
      const answers = await Promise.all(Array.from({ length: CALLS }, call));
      const wrong = answers.filter((answer) => answer.instance_id !== instanceId).length;
      if (wrong > 0) throw new Error(`${name}: ${wrong} of ${CALLS} answers are wrong`);
    };
    return [name, callAll];
  });
  const micros = await measure(Object.fromEntries(tasks), rounds);
  dcs.free();
  return Object.fromEntries(
    Object.entries(micros).map(([name, values]) => [name, values.map((value) => value / 1000)]),
  );
}
