// @ts-check
// Verifies signatures of the asymmetric algorithms with the public key derived from AK and SK: P-256 with node:crypto,
// SM2 in plain arithmetic after GB/T 32918.2, since node:crypto does not let its identity be set.

import { createECDH, createHash, createHmac, createPublicKey, verify } from "node:crypto";

const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** Curve SM2, recommended parameters. */
const SM2 = {
  p: 0xfffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffffn,
  a: 0xfffffffeffffffffffffffffffffffffffffffff00000000fffffffffffffffcn,
  b: 0x28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93n,
  n: 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123n,
  x: 0x32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7n,
  y: 0xbc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0n,
};
const SM2_IDENTITY = Buffer.from("1234567812345678");

/** @typedef {[bigint, bigint] | null} Point null is infinity. */

/** @param {bigint} value @param {bigint} by */
const mod = (value, by) => ((value % by) + by) % by;

/** @param {Buffer} bytes */
const number = (bytes) => BigInt(`0x${bytes.toString("hex") || "0"}`);

/** @param {bigint} value */
const bytes32 = (value) => Buffer.from(value.toString(16).padStart(64, "0"), "hex");

/**
 * The private key: the official core's counter-mode derivation.
 * @param {{ ak: string, sk: string, algorithm: string }} vector
 * @param {string} hash
 * @param {bigint} order
 */
function privateKey({ ak, sk, algorithm }, hash, order) {
  for (let counter = 0; counter < 255; counter++) {
    const candidate = createHmac(hash, sk)
      .update(Buffer.from([0, 0, 0, 1]))
      .update(algorithm)
      .update(Buffer.from([0]))
      .update(ak)
      .update(Buffer.from([counter, 0, 0, 1, 0]))
      .digest();
    if (number(candidate) <= order - 2n) return number(candidate) + 1n;
  }
  throw new Error("no candidate");
}

/** @param {any} vector @param {Buffer} signature */
export function verifyP256(vector, signature) {
  const ecdh = createECDH("prime256v1");
  ecdh.setPrivateKey(bytes32(privateKey(vector, "sha256", P256_ORDER)));
  const point = ecdh.getPublicKey();
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((half) =>
    half.toString("base64url"),
  );
  const key = createPublicKey({ key: { kty: "EC", crv: "P-256", x, y }, format: "jwk" });
  return verify("sha256", Buffer.from(vector.string_to_sign), key, signature);
}

/** @param {bigint} value @param {bigint} by */
function inverse(value, by) {
  let [a, b, x, y] = [mod(value, by), by, 1n, 0n];
  while (b) [a, b, x, y] = [b, a % b, y, x - (a / b) * y];
  return mod(x, by);
}

/** @param {Point} one @param {Point} two @returns {Point} */
function add(one, two) {
  if (!one || !two) return one ?? two;
  const [[x1, y1], [x2, y2]] = [one, two];
  if (x1 === x2 && mod(y1 + y2, SM2.p) === 0n) return null;
  const slope =
    x1 === x2
      ? (3n * x1 * x1 + SM2.a) * inverse(2n * y1, SM2.p)
      : (y2 - y1) * inverse(x2 - x1, SM2.p);
  const x = mod(slope * slope - x1 - x2, SM2.p);
  return [x, mod(slope * (x1 - x) - y1, SM2.p)];
}

/** @param {bigint} times @param {Point} point @returns {Point} */
function multiply(times, point) {
  /** @type {Point} */
  let sum = null;
  for (; times; times >>= 1n, point = add(point, point)) if (times & 1n) sum = add(sum, point);
  return sum;
}

/**
 * The two integers of a DER sequence.
 * @param {Buffer} der
 * @returns {[bigint, bigint]}
 */
function integers(der) {
  const length = Number(der[3]);
  return [number(der.subarray(4, 4 + length)), number(der.subarray(6 + length))];
}

/** @param {any} vector @param {Buffer} signature */
export function verifySm2(vector, signature) {
  const generator = /** @type {Point} */ ([SM2.x, SM2.y]);
  const key = /** @type {[bigint, bigint]} */ (
    multiply(privateKey(vector, "sm3", SM2.n), generator)
  );
  const identity = createHash("sm3").update(Buffer.from([0, SM2_IDENTITY.length * 8]));
  identity.update(SM2_IDENTITY);
  for (const part of [SM2.a, SM2.b, SM2.x, SM2.y, ...key]) identity.update(bytes32(part));
  const hash = createHash("sm3").update(identity.digest()).update(vector.string_to_sign);
  const [r, s] = integers(signature);
  const t = mod(r + s, SM2.n);
  if (r <= 0n || s <= 0n || r >= SM2.n || s >= SM2.n || t === 0n) return false;
  const point = add(multiply(s, generator), multiply(t, key));
  return point !== null && mod(number(hash.digest()) + point[0], SM2.n) === r;
}
