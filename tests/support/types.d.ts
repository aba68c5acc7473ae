export type * from "../../pkg-template/emulator.js";
