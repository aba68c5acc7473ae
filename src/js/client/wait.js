// @ts-check
// Waiting for a promise, for a time, and for the signal of the caller, whichever comes first.

/**
 * How a wait ended, as `wait.rs` reads it.
 * @typedef {object} WaitEnd
 * @property {"value" | "thrown" | "late" | "aborted"} result
 * @property {unknown} [value] What came, what was thrown, or the reason of the signal.
 */

/**
 * Waits for `work`, or for the time alone when there is none; at most `ms` milliseconds, and until the signal is aborted.
 * @param {Promise<unknown> | undefined} work One of this package: its `then` is the platform's.
 * @param {number} ms
 * @param {AbortSignal} [signal]
 * @returns {Promise<WaitEnd>}
 */
export const within = (work, ms, signal) =>
  new Promise((resolve) => {
    // Both at once: tests replace them, and a timer must be cleared by the function that goes with it.
    const { setTimeout, clearTimeout } = globalThis;
    /** @type {() => void} */
    let unlisten = () => {};
    // Only the first end counts: a promise resolves once.
    const end = (/** @type {WaitEnd} */ how) => {
      clearTimeout(timer);
      unlisten();
      resolve(how);
    };
    const timer = setTimeout(() => end({ result: "late" }), ms);
    const aborted = () => end({ result: "aborted", value: abortReason(signal) });
    // Before the signal is asked: what is not waited for any more must not become an unhandled rejection.
    work?.then(
      (value) => end({ result: "value", value }),
      (value) => end({ result: "thrown", value }),
    );
    if (abortReason(signal) !== undefined) return aborted();
    if (signal) unlisten = listen(signal, aborted);
  });

/**
 * What waits for each signal. A signal has one listener of ours, however many calls wait for it: Node warns of more than
 * ten.
 * @type {WeakMap<AbortSignal, Set<() => void>>}
 */
const waiting = new WeakMap();

/**
 * Calls `aborted` when the signal is; gives what ends that.
 * @param {AbortSignal} signal
 * @param {() => void} aborted
 */
function listen(signal, aborted) {
  let all = waiting.get(signal);
  if (!all) {
    all = new Set();
    waiting.set(signal, all);
  }
  const others = all;
  if (others.size === 0) {
    const tellAll = () => {
      for (const one of [...others]) one();
    };
    /** @type {any} */ (others).tellAll = tellAll;
    quietly(() => signal.addEventListener("abort", tellAll));
  }
  others.add(aborted);
  return () => {
    if (others.delete(aborted) && others.size === 0)
      quietly(() => signal.removeEventListener("abort", /** @type {any} */ (others).tellAll));
  };
}

/** A signal of the caller's own whose methods throw is asked before each step, and not heard between them. @param {() => void} call */
function quietly(call) {
  try {
    call();
  } catch {
    // As above.
  }
}

/**
 * The reason of a signal that is aborted; undefined when it is not. Signals of older platforms and of polyfills have none:
 * then it is what theirs would be.
 * @param {AbortSignal} [signal]
 */
export function abortReason(signal) {
  try {
    if (!signal?.aborted) return undefined;
    if (signal.reason !== undefined) return signal.reason;
  } catch (error) {
    return error;
  }
  return new DOMException("This operation was aborted", "AbortError");
}

/** Levels of causes that a message tells. */
const CAUSES = 4;

/**
 * What was thrown, in words: its message, those of its causes (Node says "fetch failed" and gives the reason as the cause)
 * and, where there are several, each of theirs.
 * @param {unknown} thrown
 */
export const messageOf = (thrown) => messagesOf(thrown, CAUSES).join(": ") || "fetch failed";

/**
 * @param {any} thrown
 * @param {number} depth
 * @returns {string[]}
 */
function messagesOf(thrown, depth) {
  if (depth === 0 || thrown == null) return [];
  try {
    const { message, errors, cause } = thrown;
    const own = typeof message === "string" && message ? [message] : [];
    const several = Array.isArray(errors)
      ? errors.slice(0, 4).map((each) => messagesOf(each, depth - 1).join(": "))
      : [];
    const all = [...own, ...new Set(several)].filter(Boolean);
    return [...all, ...messagesOf(cause, depth - 1)];
  } catch {
    return []; // It throws when it is read.
  }
}

/** Milliseconds of a clock that nobody sets; where tests have replaced it by one that does not work, of the other one. */
export function monotonicMs() {
  try {
    return globalThis.performance.now();
  } catch {
    return Date.now();
  }
}
