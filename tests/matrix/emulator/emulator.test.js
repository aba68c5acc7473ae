// @ts-check
import * as dcs from "huaweicloud-dcs";
import * as emulator from "huaweicloud-dcs/emulator";
import { expect, test } from "vitest";
import { play } from "./play.js";

test("a switchover whose answer is lost, without a network", async () => {
  const result = await play(emulator, dcs);
  expect(result).toEqual({ result: "swapped", verified: true, instances: 3, swapsRun: 1 });
});
