// @ts-check
// A request as a curl command for a POSIX shell.

/**
 * @typedef {object} Signed
 * @property {string} method
 * @property {string} url
 * @property {Record<string, string>} headers
 * @property {string} [data] As it was given: `@FILE` is a file, for curl too.
 * @property {string} [dataRaw]
 */

/**
 * Each option keeps curl from changing something that was signed.
 * @param {Signed} request
 */
export function curl({ method, url, headers, data, dataRaw }) {
  const quoted = (/** @type {string} */ text) => `'${text.replaceAll("'", "'\\''")}'`;
  // With -X HEAD curl would wait for a body that never comes. Without --globoff {} and [] would be read as lists, without
  // --path-as-is segments of dots would be removed.
  const verb =
    method === "HEAD" ? "--head" : `-X ${/^[A-Z]+$/.test(method) ? method : quoted(method)}`;
  const parts = [`curl --globoff --path-as-is ${verb} ${quoted(url)}`];
  for (const [name, value] of Object.entries(headers)) {
    // "Name:" would take the header away; "Name;" sends it empty.
    parts.push(`-H ${quoted(value === "" ? `${name};` : `${name}: ${value}`)}`);
  }
  if (dataRaw !== undefined) parts.push(`--data-raw ${quoted(dataRaw)}`);
  else if (data !== undefined) parts.push(`--data-binary ${quoted(data)}`);
  return parts.join(" \\\n  ");
}
