// @ts-check
// The entry that loads nothing by itself, in a process where nothing else has loaded the module.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { init, regions } from "huaweicloud-dcs/init";
import { hurting } from "./values.mjs";

test("init refuses what is no module, and then loads", async () => {
  for (const [name, make] of Object.entries(hurting)) {
    if (name === "a promise that never ends") continue;
    await assert.rejects(async () => init(/** @type {any} */ (make())), name);
  }
  await init(await readFile(fileURLToPath(import.meta.resolve("huaweicloud-dcs/client.wasm"))));
  assert.ok(regions().length > 10);
});
