// @ts-check
// Randomness that a seed repeats.

/** A source of numbers for one switchover of one campaign. */
export class Random {
  #state;

  /** @param {number} seed @param {number} index */
  constructor(seed, index) {
    // Two rounds apart, so that neighbours share nothing.
    this.#state = (Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) + Math.imul(index + 1, 0xc2b2ae35)) | 0;
    this.unit();
    this.unit();
  }

  /** From 0 to below 1 (mulberry32). */
  unit() {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number, both ends within. @param {number} least @param {number} most */
  whole(least, most) {
    return least + Math.floor(this.unit() * (most - least + 1));
  }

  /** @param {number} probability */
  chance(probability) {
    return this.unit() < probability;
  }

  /**
   * One of a list.
   * @template T
   * @param {readonly T[]} list
   * @returns {T}
   */
  pick(list) {
    return /** @type {T} */ (list[this.whole(0, list.length - 1)]);
  }
}
