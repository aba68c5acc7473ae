// @ts-check
// Stands in for your login, in all of these examples: the names behind the values of a cookie, and who of them may swap.
// Take your own sessions instead.

/** For example `{ "a-long-random-text": { "name": "li.lei", "maySwap": true } }`. */
const sessions = new Map(Object.entries(JSON.parse(process.env.DEMO_SESSIONS ?? "{}")));

/** @param {Request} request */
export function sessionOf(request) {
  const cookies = (request.headers.get("cookie") ?? "").split(/; */);
  const cookie = cookies.find((text) => text.startsWith("session="));
  return cookie && sessions.get(cookie.slice("session=".length));
}

/**
 * Whoever has a session may look; who may swap stands in it.
 * @type {import("huaweicloud-dcs/server").DcsHandlerOptions["authorize"]}
 */
export function authorize({ request, effect }) {
  const session = sessionOf(request);
  return (effect === "read" || session?.maySwap) && session ? { user: session.name } : false;
}
