// @ts-check
// The same as app/run.js, by `require`.
"use strict";
const { changeMasterStandbyAsync, DcsClient } = require("huaweicloud-dcs");
const { init, signRequest } = require("huaweicloud-dcs/signer");
const { sign, swap } = require("./probe.js");

const fetchedAtImport = performance.getEntriesByType("resource").map(({ name }) => name);

/** @param {import("./probe.js").Config} config */
exports.run = async (config) => {
  try {
    const job = await swap({ changeMasterStandbyAsync, DcsClient }, config);
    const signed = await sign({ init, signRequest }, config);
    return { job, signed, fetchedAtImport };
  } catch (error) {
    return { error: String(error), fetchedAtImport };
  }
};
