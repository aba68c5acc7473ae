// @ts-check
// Every vector of the official core through `signRequest` of each entry point; a failure names the first step that
// differs.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { describe, test } from "node:test";
import { verifyP256, verifySm2 } from "./support/verify.mjs";

const file = new URL("../vectors/sdk_core_vectors.json", import.meta.url);
const vectors = /** @type {any[]} */ (JSON.parse(await readFile(file, "utf8")));
const require = createRequire(import.meta.url);

const deterministic = { "SDK-HMAC-SHA256": 77, "SDK-HMAC-SM3": 11, "V11-HMAC-SHA256": 15 };
const asymmetric = { "SDK-ECDSA-P256-SHA256": 11, "SDK-SM2-SM3": 6 };
const verifiers = { "SDK-ECDSA-P256-SHA256": verifyP256, "SDK-SM2-SM3": verifySm2 };

/** What each entry point signs with. */
const entries = {
  "huaweicloud-dcs": deterministic,
  "huaweicloud-dcs/signer": deterministic,
  "huaweicloud-dcs/asymmetric": { ...deterministic, ...asymmetric },
};

/** @param {string} authorization */
function split(authorization) {
  const [start, signature] = authorization.split("Signature=");
  return { start, signature: Buffer.from(String(signature), "hex") };
}

/**
 * @param {any} signRequest
 * @param {any} vector
 */
function sign(signRequest, vector) {
  const { id, ak, sk, method, url, headers, date, algorithm, region, service } = vector;
  const body = Buffer.from(vector.body_base64, "base64");
  const credentials = { ak, sk };
  const options = { method, url, headers, body, date, algorithm, region, service, credentials };
  const signed = signRequest(options);
  assert.equal(signed.canonicalRequest, vector.canonical_request, `canonical request of ${id}`);
  assert.equal(signed.stringToSign, vector.string_to_sign, `string to sign of ${id}`);
  for (const [name, value] of Object.entries(vector.added_headers ?? {})) {
    assert.equal(signed.headers[name], value, `${name} of ${id}`);
  }
  return signed.headers.Authorization;
}

for (const [entry, algorithms] of Object.entries(entries)) {
  for (const kind of ["import", "require"]) {
    describe(`${entry} (${kind})`, async () => {
      const { signRequest } = kind === "import" ? await import(entry) : require(entry);
      for (const [algorithm, count] of Object.entries(algorithms)) {
        test(`${algorithm}: ${count} vectors`, () => {
          const some = vectors.filter((vector) => vector.algorithm === algorithm);
          assert.equal(some.length, count);
          const verify = /** @type {any} */ (verifiers)[algorithm];
          for (const vector of some) {
            const made = sign(signRequest, vector);
            if (!verify) {
              assert.equal(made, vector.authorization, `authorization of ${vector.id}`);
              continue;
            }
            const [ours, official] = [split(made), split(vector.authorization)];
            assert.equal(ours.start, official.start, `vector ${vector.id}`);
            assert.ok(verify(vector, official.signature), `official signature of ${vector.id}`);
            assert.ok(verify(vector, ours.signature), `our signature of ${vector.id}`);
            const changed = Buffer.from(ours.signature);
            changed.writeUInt8(changed.readUInt8(changed.length - 1) ^ 1, changed.length - 1);
            assert.ok(!verify(vector, changed), `a changed signature of ${vector.id}`);
          }
        });
      }
      if (!("SDK-SM2-SM3" in algorithms)) {
        test("the asymmetric algorithms are refused by name", () => {
          for (const algorithm of Object.keys(asymmetric)) {
            const options = { ...vectors[0], algorithm, credentials: { ak: "a", sk: "s" } };
            const { method, url, credentials } = options;
            assert.throws(() => signRequest({ method, url, algorithm, credentials }), {
              name: "InvalidArgumentError",
              field: "algorithm",
            });
          }
        });
      }
    });
  }
}
