// @ts-check
// Credential providers of Node, Deno and Bun, after the official cores: environment, profile file, metadata service of
// the cloud server. They read files and the environment, so they are a bundle of their own, which no browser loads.

import { variable } from "./environment.mjs";

/** @typedef {import("../signer.js").AccessKey} AccessKey */

const METADATA = "http://169.254.169.254";
/** The official core asks for a token of six hours, and waits three seconds for each answer. */
const TOKEN_SECONDS = "21600";
const METADATA_TIMEOUT_MS = 3000;

/**
 * @param {string} message
 * @param {unknown} [cause]
 */
const failed = (message, cause) => new Error(message, cause === undefined ? undefined : { cause });

/** The keys of a profile file, and what they are called here. */
const KEYS = new Map([
  ["ak", "ak"],
  ["sk", "sk"],
  ["security_token", "securityToken"],
  ["project_id", "projectId"],
  ["iam_endpoint", "iamEndpoint"],
]);

/**
 * Reads a profile file as the official Python core does (configparser): section [basic], `=` or `:` after the key, `#` and
 * `;` start a comment line, keys in any case; of two equal keys none wins. Messages name the line, never its text.
 * @param {string} text
 */
function parse(text) {
  /** @type {Record<string, string>} */
  const profile = {};
  let basic = false;
  let found = false;
  for (const [index, whole] of text
    .replace(/^\uFEFF+/, "")
    .split("\n")
    .entries()) {
    const line = whole.trim();
    const wrong = (/** @type {string} */ why) => failed(`profile file, line ${index + 1}: ${why}`);
    if (line === "" || /^[#;]/.test(line)) continue;
    if (line.startsWith("[")) {
      const end = line.indexOf("]");
      if (end < 0) throw wrong("a section without ]");
      basic = line.slice(1, end) === "basic";
      found ||= basic;
    } else if (basic) {
      const at = line.search(/[=:]/);
      if (at < 0) throw wrong("neither [section] nor key = value");
      // Other keys belong to other tools.
      const name = KEYS.get(line.slice(0, at).trim().toLowerCase());
      if (!name) continue;
      if (name in profile) throw wrong("a key stands twice");
      profile[name] = line.slice(at + 1).trim();
    }
  }
  if (!found) throw failed("profile file: no section [basic]");
  return profile;
}

/** An access key of the environment: HUAWEICLOUD_SDK_AK and _SK, or CLOUD_SDK_AK and CLOUD_SDK_SK. */
function fromEnv() {
  return async () => {
    for (const prefix of ["HUAWEICLOUD_SDK", "CLOUD_SDK"]) {
      const ak = variable(`${prefix}_AK`);
      const sk = variable(`${prefix}_SK`);
      if (!ak !== !sk) throw failed(`environment: ${prefix}_${ak ? "SK" : "AK"} is missing`);
      if (ak && sk) {
        return key(
          ak,
          sk,
          variable("HUAWEICLOUD_SDK_SECURITY_TOKEN"),
          variable("HUAWEICLOUD_SDK_PROJECT_ID"),
        );
      }
    }
    throw failed(
      "environment: neither HUAWEICLOUD_SDK_AK and _SK nor CLOUD_SDK_AK and CLOUD_SDK_SK are set",
    );
  };
}

/**
 * @param {string} ak
 * @param {string} sk
 * @param {string | undefined} securityToken
 * @param {string | undefined} projectId
 * @returns {AccessKey}
 */
const key = (ak, sk, securityToken, projectId) => ({
  ak,
  sk,
  ...(securityToken && { securityToken }),
  ...(projectId && { projectId }),
});

/** Where the official cores look. */
function usualProfile() {
  const { homedir } = process.getBuiltinModule("node:os");
  const { join } = process.getBuiltinModule("node:path");
  return join(homedir(), ".huaweicloud", "credentials");
}

/**
 * An access key of the profile file: section [basic] of ~/.huaweicloud/credentials, or of the file that
 * HUAWEICLOUD_SDK_CREDENTIALS_FILE names.
 * @param {{ path?: string }} [options]
 */
function fromProfile({ path } = {}) {
  return async () => {
    const { readFileSync } = process.getBuiltinModule("node:fs");
    const file = path ?? variable("HUAWEICLOUD_SDK_CREDENTIALS_FILE") ?? usualProfile();
    let text;
    try {
      text = readFileSync(file, "utf8");
    } catch (cause) {
      throw failed(`profile file: ${file} cannot be read`, cause);
    }
    const { ak, sk, securityToken, projectId } = parse(text);
    if (!ak || !sk) throw failed(`profile file: ${file} has no ak and sk in [basic]`);
    return key(ak, sk, securityToken, projectId);
  };
}

/**
 * A temporary access key of the agency of the cloud server this runs on, from its metadata service; with a token where
 * the service wants one.
 * @param {{ endpoint?: string, timeoutMs?: number }} [options]
 */
function fromMetadata({ endpoint = METADATA, timeoutMs = METADATA_TIMEOUT_MS } = {}) {
  /**
   * @param {string} path
   * @param {RequestInit} init
   */
  const ask = async (path, init) => {
    try {
      const signal = AbortSignal.timeout(timeoutMs);
      const response = await fetch(endpoint + path, { ...init, signal, redirect: "error" });
      return { status: response.status, text: await response.text() };
    } catch (cause) {
      throw failed("metadata service: no answer; is this a cloud server with an agency?", cause);
    }
  };
  const askToken = async () => {
    const headers = { "X-Metadata-Token-Ttl-Seconds": TOKEN_SECONDS };
    const { status, text } = await ask("/meta-data/latest/api/token", { method: "PUT", headers });
    if (status === 200) return text;
    // An older service knows no tokens.
    if ([404, 405, 503].includes(status)) return undefined;
    throw failed(`metadata service: the token was refused with HTTP ${status}`);
  };
  return async () => {
    const token = await askToken();
    const headers = token === undefined ? undefined : { "X-Metadata-Token": token };
    const { status, text } = await ask("/openstack/latest/securitykey", { headers });
    if (status !== 200)
      throw failed(`metadata service: HTTP ${status}; does the server have an agency?`);
    let credential;
    try {
      ({ credential } = JSON.parse(text));
    } catch {
      throw failed("metadata service: the answer is no JSON");
    }
    const { access, secret, securitytoken, expires_at } = credential ?? {};
    if (!access || !secret) throw failed("metadata service: the answer holds no key");
    return { ...key(access, secret, securitytoken, undefined), expiresAt: expires_at };
  };
}

/** The official chain: environment, profile file, metadata service; the first that has credentials. */
function fromChain() {
  const providers = [fromEnv(), fromProfile(), fromMetadata()];
  return async () => {
    const reasons = [];
    for (const provider of providers) {
      try {
        return await provider();
      } catch (error) {
        reasons.push(error instanceof Error ? error.message : String(error));
      }
    }
    throw failed(`no credentials: ${reasons.join("; ")}`);
  };
}

/** One provider for the process: what it gave is kept for all clients. */
const chain = fromChain();

export { fromEnv, fromProfile, fromMetadata, fromChain, chain, parse };
