// @ts-check
// The same as app/run.js, by `require`.
"use strict";
const { fetches, fetchesAtImport } = require("./watch.js");
const { changeMasterStandbyAsync, DcsClient } = require("huaweicloud-dcs");
const { init, signRequest } = require("huaweicloud-dcs/signer");
const { sign, swap } = require("./probe.js");

/** @param {import("./probe.js").Config} config */
exports.run = async (config) => {
  const early = await fetchesAtImport();
  try {
    const job = await swap({ changeMasterStandbyAsync, DcsClient }, config);
    const signed = await sign({ init, signRequest }, config);
    return { job, signed, fetchesAtImport: early, fetches: fetches() };
  } catch (error) {
    return { error: String(error) };
  }
};
