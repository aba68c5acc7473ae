// @ts-check
// One request for one swap, in every runtime: however the connection ends before the answer, no more than one reaches the
// service. What a runtime repeats all the same, and nobody can keep it from, is listed, and never told as `not swapped`.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { Arena } from "./arena.mjs";

const arena = new Arena();
after(() => arena.close());

/** A number, or the least and the most. @typedef {Record<string, number | [number, number]>} Repeated */

/** Swaps that reach the service where it is more than one, by runtime. @type {Record<string, Repeated>} */
const REPEATED = {
  node: { 421: 2 },
  bun: {},
  bunHttp2: {},
  deno: {},
  // On each connection that it keeps, here three or four, and on 421 once more on a new one.
  chromium: {
    reset: [2, 5],
    end: [2, 5],
    "half a head, then reset": [2, 5],
    408: [2, 5],
    "408, kept alive": [2, 5],
    421: 2,
  },
};

/** The same over HTTP/2. @type {Record<string, Repeated>} */
const REPEATED_2 = {
  bunHttp2: {},
  deno: {},
  chromium: {
    reset: 2,
    end: 2,
    "goaway, not processed": 2,
    "goaway, processed": 2,
    REFUSED_STREAM: 3,
    HTTP_1_1_REQUIRED: 2,
    421: 2,
  },
};

/** What no answer says, so that it has to be found out. */
const LOST = /reset|end$|end,|goaway|STREAM|CANCEL|ERROR|CALM|REQUIRED/;

/** @param {number} swaps @param {Repeated[string] | undefined} expected @param {string} said */
function assertSwaps(swaps, expected = 1, said) {
  const [least, most] = typeof expected === "number" ? [expected, expected] : expected;
  assert.ok(least <= swaps && swaps <= most, `${swaps} swaps arrived, not ${expected}: ${said}`);
}

/** @param {string} runtime */
const repeatedBy = (runtime) => REPEATED[runtime.startsWith("node") ? "node" : runtime] ?? {};

const HTTP1 = ["node20", "node22", "node24", "bun", "deno", "chromium"];
const HTTP2 = ["bunHttp2", "deno", "chromium"];

/** @type {[import("./arena.mjs").Protocol, string[]][]} */
const PROTOCOLS = [
  ["HTTP/1.1", HTTP1],
  ["HTTP/2", HTTP2],
];

for (const [protocol, runtimes] of PROTOCOLS) {
  for (const runtime of runtimes) {
    const repeated = (protocol === "HTTP/2" ? REPEATED_2[runtime] : repeatedBy(runtime)) ?? {};

    test(`${runtime}, ${protocol}: one call sends one swap, whatever becomes of the connection`, async (t) => {
      for (const { end, swaps, told } of await arena.send(runtime, { way: "call", protocol })) {
        await t.test(end, () => {
          assertSwaps(swaps, repeated[end], JSON.stringify(told));
          // It ran, though nobody could say so.
          assert.ok(!["not_sent", "rejected"].includes(told.outcome), JSON.stringify(told));
          if (LOST.test(end)) assert.equal(told.outcome, "unknown", JSON.stringify(told));
        });
      }
    });

    test(`${runtime}, ${protocol}: a switchover says what is true, whatever becomes of the connection`, async (t) => {
      for (const { end, swaps, told } of await arena.send(runtime, {
        way: "switchover",
        protocol,
      })) {
        await t.test(end, () => {
          const said = JSON.stringify(told);
          assertSwaps(swaps, repeated[end], said);
          assert.equal(told.attempts?.swap, 1, said);
          assert.notEqual(told.result, "not swapped", said);
          // Two swaps are none: the roles are as before, and nobody can say why.
          assert.equal(told.result, swaps % 2 === 1 ? "swapped" : "unknown", said);
        });
      }
    });
  }
}

test("the count is tested: Bun, Deno and Chromium are seen to send again, and eight idle connections make Bun worse", async () => {
  const ends = ["end"];
  const swapsOf = async (/** @type {string} */ runtime, warm = 3) =>
    (await arena.send(runtime, { way: "fetch", warm, ends }))[0]?.swaps ?? 0;
  assert.equal(await swapsOf("node22"), 1);
  assert.ok((await swapsOf("chromium")) > 1);
  assert.equal(await swapsOf("deno"), 2);
  const few = await swapsOf("bun");
  assert.ok(few > 1 && (await swapsOf("bun", 8)) > few);
});
