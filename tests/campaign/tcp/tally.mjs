// @ts-check
// What the verdicts of a campaign over TCP come to, in words.
import { Counts } from "../counts.mjs";

/** @typedef {import("./campaign.mjs").Verdict} Verdict */

export class Tally {
  #results = new Counts();
  #why = new Counts();
  #faults = new Counts();
  #played = 0;
  #failed = 0;
  #most = 0;
  #doubled = 0;
  #twice = 0;
  #again;
  #verbose;

  /** @param {string} again How to play one of them again. @param {boolean} verbose */
  constructor(again, verbose) {
    this.#again = again;
    this.#verbose = verbose;
  }

  /** @param {Verdict[]} verdicts */
  take(verdicts) {
    for (const { index, result, outcome, copies, ran, struck, why, broken, account } of verdicts) {
      this.#played += 1;
      this.#results.add(`${result.padEnd(12)} the request: ${outcome}`);
      if (why) this.#why.add(why);
      for (const kind of struck) this.#faults.add(kind);
      if (copies > 1) {
        this.#doubled += 1;
        this.#twice += Number(ran > 1);
      } else this.#most = Math.max(this.#most, ran);
      if (broken.length > 0) this.#failed += 1;
      if (broken.length === 0 && !this.#verbose) continue;
      console.log(`\nswitchover ${index}: ${broken.join("; ") || "all laws hold"}\n${account}`);
      if (broken.length > 0) console.log(`again: ${this.#again} ${index}`);
    }
  }

  /** Whether all is well. @param {number} start @param {number} expected */
  end(start, expected) {
    const seconds = ((performance.now() - start) / 1000).toFixed(0);
    for (const line of this.#results.lines()) console.log(line);
    console.log("why unknown:");
    for (const line of this.#why.lines()) console.log(line);
    console.log(`faults that struck: ${this.#faults.inline()}`);
    console.log(`${this.#played} switchovers in ${seconds} s`);
    console.log(`at most ${this.#most} swap(s) ran for one request`);
    console.log(`${this.#doubled} requests were doubled on their way: ${this.#twice} ran twice`);
    console.log(`${this.#played - this.#failed} passed, ${this.#failed} failed`);
    return this.#failed === 0 && this.#played === expected;
  }
}
