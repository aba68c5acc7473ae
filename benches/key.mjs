// @ts-check
// Whose key signs in the measurements: nobody's.

export const KEY = { ak: "BENCHAK0000000000001", sk: "MARKER-SK-9f27c1d4e8b3a605" };
export const PROJECT = "0123456789abcdef0123456789abcdef";
