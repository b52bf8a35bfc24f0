// The table of the proof: it runs every scenario with every framework, and shows which
// responses the browser let the page read.

import { byId, el } from "/dom.js";
import { openDetails } from "/details.js";
import { startPolicyPanel } from "/policy.js";
import { method, scenarios } from "/scenarios.js";
import { send } from "/send.js";
import { Table } from "/table.js";

let state, table, frame;
let round = 0;

// startScenarios shows the table, and fills it for the first time.
export async function startScenarios(of) {
  state = of;
  table = new Table(byId("results-table"), scenarios, state.apis, openDetails);
  showOrigins();
  byId("count").textContent = `${scenarios.length * state.apis.length}`;
  byId("methods-used").textContent = [...new Set(scenarios.map(method))].join(", ");
  byId("again").addEventListener("click", runAll);
  startPolicyPanel(state, runAll);
  frame = await loadFrame(state.other.origin);
  await runAll();
}

// runAll runs everything once: the frameworks in parallel, the scenarios of each in turn. A
// later call makes the results of an earlier one invalid.
async function runAll() {
  const mine = ++round;
  const current = () => mine === round;
  table.start(mine);
  say("Sending…");
  const prefix = crypto.getRandomValues(new Uint32Array(2)).join("-");
  await Promise.all(state.apis.map(async (api, column) => {
    for (const [row, scenario] of scenarios.entries()) {
      const result = await attempt(scenario, api, `${prefix}-${row}-${column}`);
      if (!current()) return;
      table.set(row, column, result);
    }
  }));
  if (current()) say(table.finish());
}

// attempt makes one request, and then asks the page's own server what the API
// received and what the policy said to it.
async function attempt(scenario, api, run) {
  if (scenario.login) {
    // Any request can set a cookie, even if its answer may not be read.
    await fetch(`${api.origin}/login`, { mode: "no-cors", credentials: "include" }).catch(() => {});
  }
  const request = { url: `${api.origin}${scenario.path}?run=${run}`, init: scenario.init };
  const seen = scenario.other ? await sendFromFrame(request) : await send(request);
  const origin = scenario.other ? state.other.origin : location.origin;
  const exchanges = await explain(run, scenario.init.credentials === "include");
  return { scenario, api, origin, url: request.url, seen, exchanges };
}

export async function explain(run, credentials) {
  try {
    const response = await fetch("/explain", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ run, credentials }),
    });
    return (await response.json()).exchanges;
  } catch {
    return []; // the playground and its APIs have ended
  }
}

// loadFrame loads the second page, which is on an origin of its own.
function loadFrame(origin) {
  return new Promise((resolve) => {
    const frame = byId("other");
    frame.addEventListener("load", () => resolve({ window: frame.contentWindow, origin }), { once: true });
    frame.src = `${origin}/`;
  });
}

// sendFromFrame lets the second page make a request. The answer comes back through a message
// channel of its own.
function sendFromFrame(request) {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    const answer = (data) => {
      clearTimeout(timer);
      port1.close();
      resolve(data);
    };
    const timer = setTimeout(answer, 15_000, { verdict: "blocked", error: "The second page does not answer." });
    port1.onmessage = (event) => answer(event.data);
    frame.window.postMessage(request, frame.origin, [port2]);
  });
}

function showOrigins() {
  const entries = [
    ["This page", location.origin],
    ["Second page", state.other.origin],
  ];
  byId("origins").append(...entries.map(([name, origin]) =>
    el("div", {}, el("dt", {}, name), el("dd", {}, origin))));
  if (location.origin !== state.page.origin) {
    byId("elsewhere").textContent =
      `You opened this page as ${location.origin}. The default policy lists ${state.page.origin}, which to a browser is another origin.`;
    byId("elsewhere").hidden = false;
  }
}

function say(text) {
  byId("summary").textContent = text;
}
