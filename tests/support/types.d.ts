export type * from "../../emulator/js/types.d.ts";
