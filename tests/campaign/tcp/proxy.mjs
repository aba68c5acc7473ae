// @ts-check
// A proxy between one client and the emulator, on TCP: it reads requests off the wire, passes them on, and does to the bytes
// of the answers what the plan says. What it saw and did is the log that the judge reads.
import { once } from "node:events";
import { createServer } from "node:net";
import { pause } from "../play.mjs";
import { TIMEOUT_MS, operationOf } from "./plan.mjs";
import { ask, readRequests } from "./wire.mjs";

/** @typedef {import("./plan.mjs").Fault} Fault */
/** @typedef {import("./wire.mjs").Heard} Heard */
/** @typedef {import("./wire.mjs").Answer} Answer */
/** @typedef {import("node:net").Socket} Socket */

/**
 * One request of the client.
 * @typedef {object} Exchange
 * @property {string} operation
 * @property {number} at When it came.
 * @property {string | undefined} fault
 * @property {number} copies How often it was passed on.
 * @property {number | undefined} askedAt When the service was asked what the client got an answer to.
 * @property {number | undefined} status Of an answer that the client got whole; else nothing.
 * @property {boolean} others Whether that answer was to another client's request.
 */

/** Where answers to the same operation wait for each other to be swapped. */
export class Exchanges {
  /** @type {Map<string, { from: number, answer: Answer, give: (other: Answer) => void }>} */
  #waiting = new Map();

  /**
   * The answer to another client's same request; nothing if none comes in time.
   * @param {string} operation @param {number} from @param {Answer} answer
   * @returns {Promise<Answer | undefined>}
   */
  swap(operation, from, answer) {
    const other = this.#waiting.get(operation);
    if (other && other.from !== from) {
      this.#waiting.delete(operation);
      other.give(answer);
      return Promise.resolve(other.answer);
    }
    return new Promise((resolve) => {
      const waits = { from, answer, give: resolve };
      this.#waiting.set(operation, waits);
      setTimeout(() => {
        if (this.#waiting.get(operation) === waits) this.#waiting.delete(operation);
        resolve(undefined);
      }, TIMEOUT_MS / 4);
    });
  }
}

/** @param {Socket} socket @param {Fault["how"]} how */
function finish(socket, how) {
  if (how === "reset") socket.resetAndDestroy();
  else socket.end();
}

/** Writes a part of an answer, then ends the connection. @param {Socket} socket @param {Uint8Array} bytes @param {Fault["how"]} how */
async function cut(socket, bytes, how) {
  socket.write(bytes);
  // Apart, so that a reset does not overtake what was written.
  await pause(5);
  finish(socket, how);
}

/**
 * A request that a fault strikes.
 * @typedef {object} Struck
 * @property {Socket} socket
 * @property {Fault} fault
 * @property {Exchange} entry
 * @property {() => Promise<Answer>} pass Passes it on, once for each call.
 * @property {(answer: Answer) => void} deliver
 * @property {(answer: Answer) => Promise<Answer | undefined>} exchange
 */

/** @type {Record<Fault["kind"], (struck: Struck) => Promise<unknown> | unknown>} */
const STRIKES = {
  "lost on its way": ({ socket, fault }) => finish(socket, fault.how),

  "answer lost": async ({ socket, fault, pass }) => {
    await pass();
    finish(socket, fault.how);
  },

  "head cut": async ({ socket, fault, pass }) => {
    const { head } = await pass();
    const bytes = Buffer.from(head, "latin1");
    await cut(
      socket,
      bytes.subarray(0, 1 + Math.floor(fault.part * (bytes.length - 2))),
      fault.how,
    );
  },

  "body cut": async ({ socket, fault, pass }) => {
    const { head, body } = await pass();
    const part = body.subarray(0, Math.floor(fault.part * body.length));
    await cut(socket, Buffer.concat([Buffer.from(head, "latin1"), part]), fault.how);
  },

  slow: async ({ socket, pass, deliver }) => {
    const answer = await pass();
    const [first, ...rest] = Buffer.from(answer.head, "latin1").subarray(0, 40);
    for (const byte of [first ?? 0, ...rest]) {
      socket.write(Uint8Array.of(byte));
      await pause(2);
    }
    deliver({ ...answer, head: answer.head.slice(40) });
  },

  late: async ({ pass, socket }) => {
    const { head, body } = await pass();
    await pause(TIMEOUT_MS + 100);
    socket.write(head, "latin1");
    socket.write(body);
  },

  "half closed": async ({ socket, pass, deliver }) => {
    deliver(await pass());
    socket.end();
  },

  "request doubled": async ({ fault, pass, deliver }) => {
    const first = pass();
    const second = first.then(() => pause(fault.ms)).then(pass);
    deliver(await (fault.answer === "first" ? first : second));
    await second;
  },

  "answer doubled": async ({ socket, pass, deliver }) => {
    const answer = await pass();
    deliver(answer);
    socket.write(answer.head, "latin1");
    socket.write(answer.body);
  },

  "answers swapped": async ({ entry, pass, deliver, exchange }) => {
    const own = await pass();
    const other = await exchange(own);
    entry.others = other !== undefined;
    deliver(other ?? own);
  },
};

/**
 * @param {string} target The emulator's URL.
 * @param {number} index Of the switchover.
 * @param {Fault[]} faults
 * @param {Exchanges} exchanges
 */
export async function startTcpProxy(target, index, faults, exchanges) {
  /** @type {Exchange[]} */
  const log = [];
  /** @type {Map<string, number>} */
  const seen = new Map();
  /** @type {Set<Socket>} */
  const open = new Set();

  /** @param {Socket} socket @param {Heard} heard */
  async function handle(socket, heard) {
    const operation = operationOf(heard.method, heard.path);
    const nth = seen.get(operation) ?? 0;
    seen.set(operation, nth + 1);
    const fault = faults.find((fault) => fault.operation === operation && fault.nth === nth);
    /** @type {Exchange} */
    const entry = {
      operation,
      at: Date.now(),
      fault: fault?.kind,
      copies: 0,
      askedAt: undefined,
      status: undefined,
      others: false,
    };
    log.push(entry);
    const pass = () => {
      entry.copies += 1;
      return ask(target, heard);
    };
    const deliver = (/** @type {Answer} */ answer) => {
      if (socket.destroyed) return;
      socket.write(answer.head, "latin1");
      socket.write(answer.body);
      entry.askedAt = answer.askedAt;
      entry.status = answer.status;
    };
    if (!fault) return deliver(await pass());
    const exchange = (/** @type {Answer} */ own) => exchanges.swap(operation, index, own);
    await STRIKES[fault.kind]({ socket, fault, entry, pass, deliver, exchange });
  }

  const server = createServer({ allowHalfOpen: true }, (socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket));
    socket.on("error", () => socket.destroy());
    // Only this end decides when a connection is over: a client that closes its half may still read.
    socket.on("end", () => setTimeout(() => socket.end(), TIMEOUT_MS));
    readRequests(socket, (heard) => {
      // What breaks between proxy and emulator is no part of the plan.
      handle(socket, heard).catch(() => socket.destroy());
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return {
    log,
    url: `http://127.0.0.1:${port}`,
    close() {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}
