// The requests that the page sends to each framework. Every request is one that a real page
// could make; the policy and the browser decide whether it succeeds.

const json = { "Content-Type": "application/json" };

export const scenarios = [
  {
    id: "simple",
    title: "Simple GET",
    note: "No preflight: the request goes out at once.",
    path: "/items",
    init: {},
  },
  {
    id: "put",
    title: "PUT with JSON",
    note: "The method and the content type need a preflight.",
    path: "/items/1",
    init: { method: "PUT", headers: json, body: '{"name":"anchor"}' },
  },
  {
    id: "credentials",
    title: "With credentials",
    note: "Sends the cookie that the API set.",
    path: "/me",
    init: { credentials: "include" },
    login: true,
  },
  {
    id: "method",
    title: "Another method",
    note: "DELETE, which the default policy does not list.",
    path: "/items/3",
    init: { method: "DELETE" },
  },
  {
    id: "header",
    title: "Another header",
    note: "X-Debug, which the default policy does not list.",
    path: "/items",
    init: { headers: { "X-Debug": "1" } },
  },
  {
    id: "origin",
    title: "GET from the second page",
    note: "An origin that the default policy does not list.",
    path: "/items",
    init: {},
    other: true,
  },
  {
    id: "origin-put",
    title: "PUT from the second page",
    note: "The same origin, with a preflight.",
    path: "/items/2",
    init: { method: "PUT", headers: json, body: '{"name":"beacon"}' },
    other: true,
  },
  {
    id: "notfound",
    title: "404",
    note: "No route: the framework itself answers.",
    path: "/nowhere",
    init: {},
  },
  {
    id: "error",
    title: "Error 500",
    note: "The handler fails, the framework answers.",
    path: "/error",
    init: {},
  },
  {
    id: "redirect",
    title: "Redirect",
    note: "302 to /items: both responses are checked.",
    path: "/redirect",
    init: {},
  },
  {
    id: "group",
    title: "Group: GET",
    note: "/admin has a policy of its own, which does not list this page.",
    path: "/admin/items",
    init: {},
  },
  {
    id: "group-put",
    title: "Group: PUT",
    note: "That policy answers the preflight, too.",
    path: "/admin/items/1",
    init: { method: "PUT", headers: json, body: '{"name":"anchor"}' },
  },
  {
    id: "origin-group",
    title: "Group: GET, second page",
    note: "That origin it lists, with credentials.",
    path: "/admin/items",
    init: { credentials: "include" },
    other: true,
  },
  {
    id: "origin-group-put",
    title: "Group: PUT, second page",
    note: "The same, with a preflight.",
    path: "/admin/items/2",
    init: { method: "PUT", headers: json, body: '{"name":"beacon"}', credentials: "include" },
    other: true,
  },
];

// method is the method in the request line.
export const method = (scenario) => scenario.init.method ?? "GET";

// script is the scenario as a reader would write it.
export function script(scenario, api) {
  const url = JSON.stringify(scenario.url ?? api.origin + scenario.path);
  const init = Object.entries(scenario.init).filter(([, value]) => Object.keys(value).length > 0 || value === true).map(([key, value]) => {
    const text = key === "headers"
      ? "{ " + Object.entries(value).map(([k, v]) => `${JSON.stringify(k)}: ${JSON.stringify(v)}`).join(", ") + " }"
      : key === "body" ? `'${value}'` : JSON.stringify(value);
    return `  ${key}: ${text},\n`;
  });
  return init.length ? `await fetch(${url}, {\n${init.join("")}})` : `await fetch(${url})`;
}
