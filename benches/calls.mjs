// @ts-check
// A thousand calls at once: ShowInstance of the emulator, each signed, sent and read. What is measured is processor time of
// this process, as in rounds.mjs: the emulator runs beside it, and so do others.
import { DcsClient } from "huaweicloud-dcs";
import { Emulator } from "../tests/support/emulator.mjs";
import { cryptoSign } from "./crypto-signer.mjs";

const CALLS = 1000;
/** Rounds until V8 has compiled what is called all the time. */
const WARM_UP = 10;

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

  /** @type {Record<string, number[]>} */
  const millis = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
  for (let round = -WARM_UP; round < rounds; round += 1) {
    // Each time another one begins: what one leaves behind is collected in the time of the next.
    const order = Object.entries(contenders);
    order.push(...order.splice(0, Math.abs(round) % order.length));
    if (round % 2) order.reverse();
    for (const [name, call] of order) {
      const start = process.cpuUsage();
      const answers = await Promise.all(Array.from({ length: CALLS }, call));
      const wrong = answers.filter((answer) => answer.instance_id !== instanceId).length;
      if (wrong > 0) throw new Error(`${name}: ${wrong} of ${CALLS} answers are wrong`);
      const { user, system } = process.cpuUsage(start);
      if (round >= 0) millis[name]?.push((user + system) / 1000);
    }
  }
  dcs.free();
  return millis;
}
