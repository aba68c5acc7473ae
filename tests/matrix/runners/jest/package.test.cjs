// @ts-check
"use strict";
const { expect, test } = require("@jest/globals");
const dcs = require("huaweicloud-dcs");
const signer = require("huaweicloud-dcs/signer");
// Made by esbuild: Jest reads CommonJS.
const { sign, swap } = require("./probe.cjs");

const config = JSON.parse(process.env.MATRIX_CONFIG ?? "");

test("swaps and signs", async () => {
  expect(await swap(dcs, config)).toBe("SUCCESS");
  expect(await sign(signer, config)).toBe(200);
});
