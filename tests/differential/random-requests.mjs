// @ts-check
// Random requests from a seed, as an SDK would make them: decoded parts, and the URL that is sent.

/**
 * A small generator of good numbers (mulberry32).
 * @param {number} seed
 * @returns {() => number} from 0 to 1
 */
export function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const SCRIPTS = /** @type {[number, number][]} */ ([
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x61, 0x7a],
  [0x20, 0x7e],
  [0xa1, 0x24f],
  [0x4e00, 0x9fff],
  [0xe000, 0xfffd],
  [0x1f300, 0x1faff],
]);
const TYPES = [
  "application/json",
  "application/json;charset=utf-8",
  "application/bson",
  "application/x-www-form-urlencoded",
  "multipart/form-data; boundary=x",
  "text/plain",
  "application/octet-stream",
];
const NAMES = [
  "X-Project-Id",
  "X-Domain-Id",
  "x-lower",
  "X-UPPER",
  "Accept",
  "X-Sdk-Content-Sha256",
];

/** @param {number} seed */
export function requests(seed) {
  const random = generator(seed);
  const below = (/** @type {number} */ n) => Math.floor(random() * n);
  const pick = (/** @type {any[]} */ list) => list[below(list.length)];
  const chance = (/** @type {number} */ p) => random() < p;
  const hex = (/** @type {number} */ digits) =>
    Array.from({ length: digits }, () => below(16).toString(16)).join("");
  const letter = () => {
    const [from, to] = SCRIPTS[below(SCRIPTS.length)] ?? [0x61, 0x7a];
    return String.fromCodePoint(from + below(to - from + 1));
  };
  const text = (/** @type {number} */ most) =>
    Array.from({ length: below(most + 1) }, letter).join("");
  const visible = (/** @type {number} */ most) =>
    Array.from({ length: 1 + below(most) }, () => String.fromCharCode(0x21 + below(94))).join("");
  /** Percent-encodes what a URL may not hold, and at times what it may. @param {string} part */
  const encode = (part) =>
    [...part]
      .map((c) =>
        /[\w'()*!~.-]/.test(c) && chance(0.1)
          ? `%${c.charCodeAt(0).toString(16)}`
          : encodeURIComponent(c),
      )
      .join("");
  const segment = () => {
    const part = chance(0.5) ? hex(32) : text(12);
    return part === "." || part === ".." ? "dots" : encode(part);
  };
  const date = () => new Date(1.5e12 + below(4e8) * 1000).toISOString().replace(/[-:]|\.\d+/g, "");

  return () => {
    const algorithm = pick(["SDK-HMAC-SHA256", "SDK-HMAC-SM3", "V11-HMAC-SHA256"]);
    const host = pick([
      "dcs.cn-north-4.myhuaweicloud.com",
      `${hex(8)}.example.com:8443`,
      "127.0.0.1:80",
      "[::1]:9000",
    ]);
    const path = `/${Array.from({ length: below(6) }, segment).join("/")}${chance(0.2) ? "/" : ""}`;
    /** @type {[string, string][]} */
    const query = Array.from({ length: below(6) }, () => [
      chance(0.3) ? pick(["a", "b", "limit"]) : text(8),
      chance(0.2) ? "" : text(10),
    ]);
    // Of a name that is nothing an `=` is left; without it the pair would vanish.
    const search = query.map(([name, value]) => `${encode(name)}=${encode(value)}`).join("&");
    /** @type {Record<string, string>} */
    const headers = { "X-Sdk-Date": date() };
    if (chance(0.6)) headers["Content-Type"] = pick(TYPES);
    if (chance(0.3)) headers["X-Security-Token"] = visible(200).replaceAll(/[^A-Za-z0-9+/=]/g, "x");
    for (let more = below(4); more > 0; more--) {
      const name = chance(0.5) ? pick(NAMES) : `X-${hex(6)}${chance(0.2) ? "_x" : ""}`;
      const value = chance(0.2)
        ? text(20).trim()
        : `${pick(["", " ", "  "])}${visible(30)}${pick(["", " "])}`;
      headers[name] = name.endsWith("Sha256") ? pick(["UNSIGNED-PAYLOAD", hex(64)]) : value;
    }
    const bytes = chance(0.5) ? 0 : below(algorithm.endsWith("SM3") ? 200 : 2000);
    return {
      algorithm,
      ak: hex(20).toUpperCase(),
      sk: visible(60),
      method: pick(["GET", "PUT", "POST", "DELETE", "PATCH", "HEAD"]),
      url: `https://${host}${path}${search && `?${search}`}`,
      host,
      path,
      query,
      headers,
      body: Buffer.from(Array.from({ length: bytes }, () => below(256))),
      region: pick(["cn-north-4", "ap-southeast-1", hex(5)]),
      service: pick(["dcs", "ecs", "iam"]),
    };
  };
}
