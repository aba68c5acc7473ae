// @ts-check

/** How often each of some texts occurred. */
export class Counts {
  /** @type {Map<string, number>} */
  #counts = new Map();

  /** @param {string} text */
  add(text) {
    this.#counts.set(text, (this.#counts.get(text) ?? 0) + 1);
  }

  lines() {
    return [...this.#counts].sort().map(([text, count]) => `${String(count).padStart(6)} ${text}`);
  }

  inline() {
    return [...this.#counts]
      .sort()
      .map(([text, count]) => `${text} ${count}`)
      .join(", ");
  }
}
