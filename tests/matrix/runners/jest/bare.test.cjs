// @ts-check
// What works without fetch: Jest's own jsdom has none, and neither has it TextEncoder and TextDecoder.
"use strict";
const { expect, test } = require("@jest/globals");
const dcs = require("huaweicloud-dcs");

const { request, authorization } = JSON.parse(process.env.MATRIX_CONFIG ?? "");

test("signs", () => {
  expect(typeof fetch).toBe("undefined");
  expect(typeof TextDecoder).toBe("undefined");
  expect(dcs.signRequest(request).headers.Authorization).toBe(authorization);
});

test("says what is missing", async () => {
  const { credentials } = request;
  const options = { region: "cn-north-4", projectId: "0".repeat(32), credentials };
  const instanceId = "00000000-0000-4000-8000-000000000001";
  const call = dcs.changeMasterStandbyAsync({ ...options, instanceId });
  await expect(call).rejects.toMatchObject({ field: "fetch", outcome: "not_sent" });
});
