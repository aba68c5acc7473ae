// @ts-check
// JavaScript values that hurt: those that are of another kind than expected, and those that throw when looked at.

/** What getters and proxies throw: no error of this package, and not even an Error. */
export const thrown = { note: "thrown by the caller's own code" };

const boom = () => {
  throw thrown;
};

/** Every trap throws. */
function throwingProxy(/** @type {object} */ target = {}) {
  const traps = Reflect.ownKeys(Reflect).filter((name) => typeof name === "string");
  return new Proxy(target, Object.fromEntries(traps.map((trap) => [trap, boom])));
}

function revokedProxy() {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

function cyclic() {
  /** @type {Record<string, unknown>} */
  const object = { name: "cyclic" };
  object.self = object;
  object.list = [object];
  return object;
}

/** @param {ArrayBuffer} buffer */
function detached(buffer) {
  structuredClone(buffer, { transfer: [buffer] });
  return buffer;
}

function detachedView() {
  const view = new Uint8Array(8);
  detached(view.buffer);
  return view;
}

function deep() {
  /** @type {unknown} */
  let value = "bottom";
  for (let depth = 0; depth < 20_000; depth++) value = { value };
  return value;
}

function sparse() {
  const list = [];
  list[1_000_000] = "far";
  return list;
}

/**
 * By name, each made anew: some are spent by being used.
 * @type {Record<string, () => unknown>}
 */
export const hurting = {
  undefined: () => undefined,
  null: () => null,
  NaN: () => NaN,
  Infinity: () => -Infinity,
  "a negative zero": () => -0,
  "a fraction": () => 0.1,
  "a number past 2^53": () => 2 ** 60,
  "a bigint": () => 7n,
  true: () => true,
  false: () => false,
  "an empty string": () => "",
  "a lone surrogate": () => "\ud800",
  "a lone surrogate within": () => "https://h/\udfff",
  "a NUL": () => "a\0b",
  "a line break": () => "a\r\nX-Injected: 1",
  "a huge string": () => "x".repeat(16 << 20),
  "a huge string of surrogates": () => "\ud800".repeat(1 << 20),
  "a string object": () => new String("cn-north-4"),
  "a symbol": () => Symbol("hurts"),
  "a registered symbol": () => Symbol.for("huaweicloud-dcs.error"),
  "a function": () => () => "a function",
  "a function that throws": () => boom,
  "an async function that rejects": () => async () => boom(),
  "a class": () => class Hurting {},
  "an empty object": () => ({}),
  "an object without a prototype": () => Object.create(null),
  "a frozen object": () => Object.freeze({ frozen: true }),
  "an object with a getter that throws": () => ({
    get hurts() {
      return boom();
    },
  }),
  "an object that converts to nothing": () => ({ toString: boom, valueOf: boom, toJSON: boom }),
  "an object whose conversion throws": () => ({ [Symbol.toPrimitive]: boom }),
  "an object whose iterator throws": () => ({ [Symbol.iterator]: boom, length: 3 }),
  "a proxy that throws": () => throwingProxy(),
  "a function proxy that throws": () => throwingProxy(() => {}),
  "a list proxy that throws": () => throwingProxy([]),
  "a revoked proxy": () => revokedProxy(),
  "a cyclic object": () => cyclic(),
  "a deep object": () => deep(),
  "an own __proto__": () => JSON.parse('{"__proto__":{"polluted":true},"constructor":{"x":1}}'),
  "a polluted prototype": () => Object.create({ region: 7, instanceId: "from the prototype" }),
  "an empty list": () => [],
  "a list of lists": () => [[[]]],
  "a sparse list": () => sparse(),
  "a detached buffer": () => detached(new ArrayBuffer(8)),
  "a detached view": () => detachedView(),
  "a detached DataView": () => {
    const view = new DataView(new ArrayBuffer(8));
    detached(/** @type {ArrayBuffer} */ (view.buffer));
    return view;
  },
  "a shared buffer": () => new SharedArrayBuffer(8),
  "a view of a shared buffer": () => new Uint8Array(new SharedArrayBuffer(8)),
  "a Date that is none": () => new Date(NaN),
  "a Map": () => new Map([["ak", "x"]]),
  "a WeakMap": () => new WeakMap(),
  "a regular expression": () => /x/g,
  "an Error": () => new Error("a value, not thrown"),
  "a promise that never ends": () => new Promise(() => {}),
  "a promise that rejects": () => {
    const promise = Promise.reject(thrown);
    promise.catch(() => {});
    return promise;
  },
  "a thenable that throws": () => ({ then: boom }),
  "a thenable whose then is a getter that throws": () =>
    Object.defineProperty({}, "then", { get: boom }),
  "a generator": () =>
    (function* () {
      yield 1;
    })(),
  "a wasm memory": () => new WebAssembly.Memory({ initial: 1 }),
  "the global object": () => globalThis,
  "an aborted signal": () => AbortSignal.abort(thrown),
};

/** Those whose class gives members by accessors, which are no options. */
export const withAccessors = [
  "a detached buffer",
  "a detached view",
  "a detached DataView",
  "a shared buffer",
  "a Map",
  "a regular expression",
  "a wasm memory",
  "an aborted signal",
];
