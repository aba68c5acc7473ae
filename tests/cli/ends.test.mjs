// @ts-check
// Every way in which the command can end, and what its exit code then says of the swap: 0 done, 1 nothing in doubt,
// 2 usage error, 3 unknown.
import assert from "node:assert/strict";
import { test } from "node:test";
import { QUICK, WHERE, arm, newInstance, onTerminal, run, runInShell, truth } from "./command.mjs";

const SWAP = "ChangeMasterStandbyAsync";
const SLOW = { kind: "delay", ms: 3000 };

/** Waits until the swap of an instance was seen by the service. @param {string} id */
async function swapSeen(id) {
  while ((await truth(id)).counters.swap_requests === 0)
    await new Promise((resolve) => setTimeout(resolve, 20));
}

/**
 * Sends a signal once, when standard error says something.
 * @param {string} sign @param {NodeJS.Signals} signal
 * @returns {(text: string, child: import("node:child_process").ChildProcess) => void}
 */
function killAt(sign, signal) {
  let sent = false;
  return (text, child) => {
    if (sent || !text.includes(sign)) return;
    sent = true;
    child.kill(signal);
  };
}

/** @param {string} id @param {string} command @param {string[]} [more] */
const line = (id, command, more = []) =>
  ["$DCS", command, id, ...WHERE, "--yes", ...more].join(" ");

test("a reader that goes away stops nothing: 0 once the roles were seen to change (nodejs/node 947)", async () => {
  const id = await newInstance();
  const both = `exec 9>&1; { ${line(id, "switchover", QUICK)} 2>&1; echo "code $?" >&9; } | head -1 >/dev/null`;
  const { out, err } = await runInShell(both);
  assert.equal(out, "code 0\n", err);
  assert.equal((await truth(id)).counters.swaps_run, 1);
});

test("a reader that goes away stops nothing: 3 when the job does not end", async () => {
  const id = await newInstance();
  await arm(SWAP, id, { kind: "job_hang" });
  const both = `exec 9>&1; { ${line(id, "switchover", QUICK)} 2>&1; echo "code $?" >&9; } | head -1 >/dev/null`;
  assert.equal((await runInShell(both)).out, "code 3\n");
});

test("a reader that goes away: a list that was cut off is no failure", async () => {
  const { out } = await runInShell(
    `exec 9>&1; { $DCS instances ${WHERE.join(" ")} 2>&1; echo "code $?" >&9; } | true`,
  );
  assert.equal(out, "code 0\n");
});

test("a full disk: a swap that ran is 0, and what could not be written is told", async () => {
  const id = await newInstance();
  const { code, err } = await runInShell(`${line(id, "switchover", QUICK)} > /dev/full`);
  assert.equal(code, 0, err);
  assert.match(err, /standard output cannot be written \(ENOSPC\)/);
  assert.match(err, new RegExp(`${id}: swapped in`));
});

test("a full disk, for standard error too: the exit code still tells", async () => {
  const done = await newInstance();
  const all = "> /dev/full 2> /dev/full";
  assert.equal((await runInShell(`${line(done, "switchover", QUICK)} ${all}`)).code, 0);
  const hanging = await newInstance();
  await arm(SWAP, hanging, { kind: "job_hang" });
  assert.equal((await runInShell(`${line(hanging, "switchover", QUICK)} ${all}`)).code, 3);
  const refused = await newInstance({ status: "RESTARTING" });
  assert.equal((await runInShell(`${line(refused, "switchover", QUICK)} ${all}`)).code, 1);
});

test("a full disk: a list that was lost is a failure", async () => {
  const { code, err } = await runInShell(`$DCS regions > /dev/full`);
  assert.equal(code, 1);
  assert.match(err, /ENOSPC/);
});

for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
  test(`switchover, ${signal} while the job runs: 3, and what is known is told`, async () => {
    const id = await newInstance({ job_ms: 5000 });
    const { code, out, err } = await run(
      ["switchover", id, ...WHERE, "--interval-ms", "50", "--yes"],
      { onErr: killAt("job RUNNING", signal) },
    );
    assert.equal(code, 3, err);
    assert.match(out, new RegExp(`^${id}: unknown in `, "m"));
    assert.match(err, new RegExp(`read the roles: huaweicloud-dcs roles ${id} --region `));
    // Old roles are not told as if they were new ones.
    assert.match(out, /^roles before the swap/m);
  });

  test(`swap, ${signal} while the answer is waited for: 3`, async () => {
    const id = await newInstance();
    await arm(SWAP, id, SLOW);
    const running = run(["swap", id, ...WHERE, "--yes"], {
      onStart: (child) => void swapSeen(id).then(() => child.kill(signal)),
    });
    const { code, err } = await running;
    assert.equal(code, 3, err);
    assert.match(err, new RegExp(`interrupted by ${signal}`));
    assert.match(err, new RegExp(`roles ${id} --region`));
  });

  test(`switchover of several, ${signal} while one is under way: 3, and each is told`, async () => {
    const ids = [await newInstance(), await newInstance({ job_ms: 5000 }), await newInstance()];
    const args = [...WHERE, ...QUICK.slice(0, 4), "--yes", "--concurrency", "1"];
    const { code, out, err } = await run(["switchover", ...ids, ...args], {
      onErr: killAt(`${ids[1]}: job RUNNING`, signal),
    });
    assert.equal(code, 3, err);
    const lines = out.trim().split("\n");
    assert.match(lines[0] ?? "", new RegExp(`^${ids[0]}: swapped: `));
    assert.match(lines[1] ?? "", new RegExp(`^${ids[1]}: unknown: `));
    assert.match(lines[2] ?? "", new RegExp(`^${ids[2]}: skipped`));
    assert.equal(lines[3], "3 instances: 1 swapped, 1 unknown, 1 skipped");
    assert.equal((await truth(ids[2] ?? "")).counters.swap_requests, 0);
  });

  test(`${signal} while roles are read before the swap: 1, nothing was sent`, async () => {
    const id = await newInstance();
    await arm("ListGroupReplicationInfo", id, SLOW);
    const { code, err } = await run(["switchover", id, ...WHERE, "--yes"], {
      onErr: killAt("reading the instance", signal),
    });
    assert.equal(code, 1, err);
    assert.equal((await truth(id)).counters.swap_requests, 0);
  });
}

test("killed twice: at once, with the right exit code and word", async () => {
  const id = await newInstance();
  await arm(SWAP, id, SLOW);
  const { code, err } = await run(["swap", id, ...WHERE, "--yes"], {
    onStart: (child) =>
      void swapSeen(id).then(() => {
        child.kill("SIGTERM");
        child.kill("SIGINT");
      }),
  });
  assert.equal(code, 3, err);
});

test("job --follow, SIGTERM: 3, for how the job ends is not known", async () => {
  const id = await newInstance();
  await arm(SWAP, id, { kind: "job_hang" });
  await run(["swap", id, ...WHERE, "--yes"]);
  const job = (await truth(id)).jobs[0]?.job_id ?? "";
  const { code, err } = await run(["job", job, "--follow", ...WHERE, "--interval-ms", "50"], {
    onErr: killAt("job RUNNING", "SIGTERM"),
  });
  assert.equal(code, 3);
  assert.match(err, /interrupted by SIGTERM\nit was RUNNING when it was read last/);
});

test("a terminal that is closed while the job runs stops following: 3", async () => {
  const id = await newInstance({ job_ms: 5000 });
  const { code, left } = await onTerminal(
    ["switchover", id, ...WHERE, "--interval-ms", "50", "--yes"],
    [{ see: "job RUNNING", hangup: true }],
  );
  assert.deepEqual([code, left], [3, 0]);
});

test("a terminal that is closed at the question: 1, nothing was sent", async () => {
  const id = await newInstance();
  const { code } = await onTerminal(["switchover", id, ...WHERE], [{ see: "y/N", hangup: true }]);
  assert.equal(code, 1);
  assert.equal((await truth(id)).counters.swap_requests, 0);
});
