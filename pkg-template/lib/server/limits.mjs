// @ts-check
// What bounds the handler, in one place. It holds at most
//   REQUESTS × (BODY + ANSWER) + KEPT × KEPT_ANSWER
// of what others sent (a few times the first part while texts are made of it), beside what the runtime's server holds
// itself. The second part is that of the store in memory.

/** Requests answered at once; one more is refused. */
export const REQUESTS = 256;

/** Bytes of a body that are read; a request with more is refused. */
export const BODY = 64 * 1024;

/** Milliseconds in which a body must have come. */
export const BODY_MS = 10_000;

/** Milliseconds that `authorize` and `audit` may take, and each access to the store. */
export const CALLBACK_MS = 30_000;

/** Bytes of an answer of the service that are read, as in the client. */
export const ANSWER = 1024 * 1024;

/** Bytes of the answer to a swap; a true one has less than a hundredth. */
export const KEPT_ANSWER = 16 * 1024;

/** Answers to swaps that are kept in memory. None goes before its time: when all are taken, swaps are refused. */
export const KEPT = 4096;

/**
 * Milliseconds for which an answer to a swap is kept for its repetition. A browser sends again when a connection turns
 * out dead, which it may notice only after a night's sleep.
 */
export const KEPT_MS = 24 * 60 * 60 * 1000;

/** Milliseconds for which an instance is held after a swap whose end cannot be read: the service's own limit. */
export const DOUBT_MS = 30_000;

/** Milliseconds between two looks at the store for the answer that another process is to write. */
export const LOOK_MS = 250;

/** Milliseconds for which the rest of a refused body is read and thrown away, before its connection is ended. */
export const DRAINED_MS = 2000;
