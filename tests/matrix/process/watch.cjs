// @ts-check
// Loaded before anything else: counts what goes to the network, whichever way.
"use strict";
const net = require("node:net");
const dgram = require("node:dgram");

const counted = { requests: 0 };
globalThis.watched = counted;

const { connect } = net.Socket.prototype;
/** @this {import("node:net").Socket} @param {any[]} args */
net.Socket.prototype.connect = function (...args) {
  counted.requests++;
  return Reflect.apply(connect, this, args);
};
const { createSocket } = dgram;
/** @param {any[]} args */
dgram.createSocket = (...args) => {
  counted.requests++;
  return Reflect.apply(createSocket, dgram, args);
};
const { fetch } = globalThis;
/** @param {any[]} args */
globalThis.fetch = (...args) => {
  counted.requests++;
  return Reflect.apply(fetch, globalThis, args);
};
