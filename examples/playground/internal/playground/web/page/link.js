// A link has the lab's state after the # of the address, which browsers do not send to
// servers. Values that look like secrets are left out; the link only says that they were
// there.

// hidden replaces a value that is left out of a link.
export const hidden = "not-in-the-link";

const secretName = /auth|cookie|token|secret|passw|session|signature|api-?_?key|^x-.*key$|^(key|sig|code|jwt|csrf|xsrf)$/i;

// secret reports whether a header or a parameter of a URL may have a secret, by its name. The
// headers of CORS never do.
export const secret = (name) => secretName.test(name) && !/^access-control-/i.test(name);

// encode returns a view's address with the state, and the names of the values left out.
export function encode(view, state, preset) {
  const omitted = [];
  const params = new URLSearchParams();
  if (preset) params.set("preset", preset.id);
  const { policy, format, call } = state;
  if (!preset || policy !== preset.policy || format !== preset.format) {
    params.set("format", format);
    params.set("policy", policy);
  }
  if (!preset || !sameCall(call, preset.call)) {
    params.set("origin", call.origin);
    params.set("method", call.method);
    params.set("url", publicURL(call.url, omitted));
    params.set("credentials", call.credentials);
    for (const [name, value] of call.headers) {
      const out = value && secret(name);
      if (out) omitted.push(`the header ${name}`);
      params.append("header", `${name}: ${out ? hidden : value}`);
    }
    if (call.headers.length === 0) params.set("header", "");
  }
  return { hash: `#${view}?${params}`, omitted };
}

// decode reads such an address: the state, or null for one without any.
export function decode(hash, presets) {
  const query = /^#\w+\?(.*)$/s.exec(hash)?.[1];
  if (!query) return null;
  const params = new URLSearchParams(query);
  const preset = presets.find(({ id }) => id === params.get("preset"));
  const base = preset ?? presets[0];
  const given = (name, otherwise) => params.get(name) ?? otherwise;
  const call = base.call;
  const credentials = given("credentials", call.credentials);
  return {
    preset: preset?.id ?? "",
    policy: given("policy", base.policy),
    format: given("format", base.format) === "yaml" ? "yaml" : "json",
    call: {
      origin: given("origin", call.origin),
      method: given("method", call.method),
      url: given("url", call.url),
      credentials: ["include", "same-origin", "omit"].includes(credentials) ? credentials : call.credentials,
      headers: params.has("header") ? params.getAll("header").filter(Boolean).map(pair) : call.headers,
    },
  };
}

function pair(line) {
  const [, name, value] = /^([^:]*):? ?(.*)$/s.exec(line);
  return [name, value];
}

export const sameCall = (a, b) => JSON.stringify(order(a)) === JSON.stringify(order(b));
const order = ({ origin, url, method, headers, credentials }) => [origin, url, method, headers, credentials];

// publicURL leaves out passwords and the values of parameters that look like secrets.
function publicURL(text, omitted) {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url) return text;
  let changed = false;
  if (url.username || url.password) {
    [url.username, url.password] = ["", ""];
    omitted.push("the user in the URL");
    changed = true;
  }
  for (const name of new Set(url.searchParams.keys())) {
    if (secret(name)) {
      url.searchParams.set(name, hidden);
      omitted.push(`the URL's parameter ${name}`);
      changed = true;
    }
  }
  if (url.hash) {
    url.hash = "";
    omitted.push("the URL's part after #");
    changed = true;
  }
  return changed ? url.href : text;
}
