// @ts-check
// A process that both imports and requires the package holds one wasm instance and one set of classes, in either order.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { promisify } from "node:util";

const run = promisify(execFile);

/**
 * The names that differ, and how many wasm instances there are once both entries have signed.
 * @param {string} entry
 * @param {string[]} order
 */
async function observed(entry, order) {
  const program = `
    import { createRequire } from "node:module";
    const { Instance } = WebAssembly;
    let instances = 0;
    WebAssembly.Instance = new Proxy(Instance, {
      construct(target, args) {
        instances += 1;
        return Reflect.construct(target, args);
      },
    });
    const ways = {
      import: () => import("${entry}"),
      require: () => createRequire(import.meta.url)("${entry}"),
    };
    const both = [];
    for (const way of ${JSON.stringify(order)}) {
      const { default: _, ...names } = await ways[way]();
      names.signRequest({
        method: "GET",
        url: "https://example.com/",
        credentials: new names.Credential({ ak: "AK", sk: "SK" }),
      });
      both.push(names);
    }
    const [one, other] = both;
    const differ = Object.keys({ ...one, ...other }).filter((name) => one[name] !== other[name]);
    console.log(JSON.stringify({ names: Object.keys(one).length > 10, differ, instances }));
  `;
  const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", program]);
  return JSON.parse(stdout);
}

for (const entry of ["huaweicloud-dcs", "huaweicloud-dcs/signer", "huaweicloud-dcs/asymmetric"]) {
  for (const order of [
    ["import", "require"],
    ["require", "import"],
  ]) {
    test(`${entry}: ${order.join(", then ")}`, async () => {
      assert.deepEqual(await observed(entry, order), { names: true, differ: [], instances: 1 });
    });
  }
}
