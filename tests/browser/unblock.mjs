// @ts-check
// Keeps the server of wasm-bindgen-test-runner going, until it is killed.
//
// That server (tiny_http) gives a new connection to a thread that waits, and counts a thread as waiting until it has woken up.
// Of two connections that come at once one may so be left without a thread, and a page waits for its module for ever. Any
// thread that ends a connection takes what was left: so it is given connections that end at once, as long as it runs.
import { readFileSync, readdirSync, readlinkSync } from "node:fs";
import { connect } from "node:net";

const EVERY_MS = 200;
/** How Linux cuts the program's name. */
const NAME = "wasm-bindgen-te";
/** The state of a socket that listens, in /proc/net/tcp. */
const LISTENS = "0A";

/** What a folder of another process holds; it may be gone already. @param {() => string[]} read */
const orNothing = (read) => {
  try {
    return read();
  } catch {
    return [];
  }
};

/** The inodes of the sockets of the runners. */
function sockets() {
  const processes = orNothing(() => readdirSync("/proc")).filter((name) => /^\d+$/.test(name));
  return processes.flatMap((pid) =>
    orNothing(() => {
      if (readFileSync(`/proc/${pid}/comm`, "utf8").trim() !== NAME) return [];
      const files = readdirSync(`/proc/${pid}/fd`).map((fd) =>
        readlinkSync(`/proc/${pid}/fd/${fd}`),
      );
      return files.flatMap((file) => /^socket:\[(\d+)\]$/.exec(file)?.[1] ?? []);
    }),
  );
}

/** The ports on which they listen. */
function ports() {
  const inodes = new Set(sockets());
  const [, ...lines] = orNothing(() => readFileSync("/proc/net/tcp", "utf8").trim().split("\n"));
  return lines.flatMap((line) => {
    const [, local = "", , state, , , , , , inode = ""] = line.trim().split(/\s+/);
    if (state !== LISTENS || !inodes.has(inode)) return [];
    return parseInt(local.split(":")[1] ?? "", 16);
  });
}

setInterval(() => {
  for (const port of ports()) {
    const socket = connect(port, "127.0.0.1", () => socket.destroy());
    socket.on("error", () => {});
  }
}, EVERY_MS);
