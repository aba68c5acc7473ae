// The entries that are ES modules only: the same API as the usual one.
import * as usual from "huaweicloud-dcs";
import * as onInit from "huaweicloud-dcs/init";
import * as inline from "huaweicloud-dcs/inline";

export const same: [typeof usual, typeof usual] = [onInit, inline];
