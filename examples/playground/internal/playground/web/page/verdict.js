// The meaning of a result: the browser's verdict in the page's words, and the core's
// explanation of a refusal, which the page's server sends.

// groupOf returns the group whose policy decided, or "" for the policy of the whole API.
export const groupOf = ({ exchanges }) => exchanges.at(-1)?.group ?? "";

// explanationOf returns { text } for a response that was let through, and
// { cause, fix, browserError, browserMessage } for a refusal.
export function explanationOf({ seen, exchanges }) {
  if (seen.verdict === "allowed") return { text: `The script can read ${readable(seen)}.` };
  if (exchanges.length === 0) return { cause: `No request arrived there. ${seen.error}`, fix: "Is the playground still running?" };
  const all = exchanges.map((exchange) => exchange.explanation);
  const why = all.find((x) => x.browserError) ?? all.find((x) => x.reason !== "allowed") ?? all.at(-1);
  return { ...why, cause: sentence(why.cause), fix: sentence(why.fix) };
}

// The core writes sentences without a capital letter and a full stop.
export const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
export const sentence = (text) => (text ? `${capital(text).replace(/\.$/, "")}.` : "");

// readable lists the response headers that a script may read.
export function readable({ status, headers, body }) {
  const exposed = headers.map(([name]) => name).filter((name) => !safelisted.has(name));
  const parts = [`status ${status}`, ...exposed.map((name) => name.replace(/(^|-)./g, (c) => c.toUpperCase()))];
  if (body) parts.push("the body");
  return parts.length > 1 ? `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}` : parts[0];
}

// Fetch, "CORS-safelisted response-header name": readable without being exposed.
const safelisted = new Set([
  "cache-control", "content-language", "content-length", "content-type", "expires", "last-modified", "pragma",
]);
