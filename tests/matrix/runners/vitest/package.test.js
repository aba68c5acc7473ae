// @ts-check
import * as dcs from "huaweicloud-dcs";
import * as signer from "huaweicloud-dcs/signer";
import { expect, test } from "vitest";
import { sign, swap } from "./probe.js";

const config = JSON.parse(process.env.MATRIX_CONFIG ?? "");

test("swaps and signs", async () => {
  expect(await swap(dcs, config)).toBe("SUCCESS");
  expect(await sign(signer, config)).toBe(200);
});
