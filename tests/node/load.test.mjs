// @ts-check
// What `init` says of a wasm module that does not belong to the JavaScript.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { init, regions } from "huaweicloud-dcs/init";

/** @param {string} flavour */
const wasm = (flavour) =>
  readFile(new URL(`../../pkg/lib/${flavour}.wasm`, import.meta.url), "latin1");
/** @param {string} text */
const bytes = (text) => new Uint8Array(Buffer.from(text, "latin1"));
const { version } = JSON.parse(
  await readFile(new URL("../../pkg/package.json", import.meta.url), "utf8"),
);

test("a module that is not ours is refused", async () => {
  const empty = bytes("\0asm\x01\0\0\0");
  await assert.rejects(init(empty), {
    message: `huaweicloud-dcs: the wasm module is not that of version ${version}`,
  });
  await assert.rejects(init(bytes("no wasm")), /is not that of version/);
});

test("the module of another entry is refused", async () => {
  await assert.rejects(init(bytes(await wasm("signer"))), /is not that of version/);
});

test("the module of another version is refused, and named", async () => {
  const other = version.replace(/^./, "9");
  const changed = (await wasm("client")).replace(`client${version}`, `client${other}`);
  await assert.rejects(init(bytes(changed)), {
    message: `huaweicloud-dcs: the wasm module is of version ${other}, the JavaScript of ${version}`,
  });
});

test("after all that, the right one loads", async () => {
  assert.throws(() => regions(), /await init\(\)/);
  await init(bytes(await wasm("client")));
  assert.ok(regions().length > 0);
});
