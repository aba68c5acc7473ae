// @ts-check
/** @param {import("./main.mjs").Order} _order */
export const journalOf = (_order) => undefined;
