// The details of one cell: the script, what it got, and each exchange as it was on
// the wire, with the steps of the policy's decision.

import { byId, el } from "/dom.js";
import { script } from "/scenarios.js";
import { capital, explanationOf, readable } from "/verdict.js";

const kinds = { "not-cors": "Not a CORS request", actual: "Request", preflight: "Preflight" };

// openDetails shows a result in the dialog. Closing it gives the focus back.
export function openDetails(result) {
  const { scenario, api, seen, exchanges, origin } = result;
  byId("details-title").textContent = `${scenario.title}, ${api.name}`;
  byId("details-body").replaceChildren(
    el("p", { class: "lead" }, `A script of ${origin} runs:`),
    el("pre", { role: "group", tabindex: "0", "aria-label": "Script" }, script(scenario, api)),
    verdict(result),
    ...(seen.verdict === "allowed" ? [body(seen)] : []),
    ...exchanges.map((exchange, i) => show(exchange, i + 1)),
  );
  byId("details").showModal();
  byId("details-body").scrollTop = 0;
}

byId("details-close").addEventListener("click", () => byId("details").close());
byId("details").addEventListener("click", (event) => {
  if (event.target === byId("details")) byId("details").close(); // the backdrop
});

function verdict(result) {
  const { seen, exchanges } = result;
  if (seen.verdict === "allowed") {
    return el("div", { class: "box allowed" },
      el("p", {}, el("strong", {}, "Let through. "), `The script can read ${readable(seen)}.`));
  }
  const why = explanationOf(result);
  const ran = exchanges.some((x) => x.handlerRan && x.explanation.kind === "actual");
  return el("div", { class: "box blocked" },
    el("p", {}, el("strong", {}, "Blocked. "), "All that the script learns is ", el("code", {}, seen.error.replace(/\.$/, "")), "."),
    el("p", {}, el("strong", {}, "Cause: "), why.cause),
    why.fix ? el("p", {}, el("strong", {}, "Fix: "), why.fix) : null,
    why.browserError ? el("p", {}, el("strong", {}, "The browser calls it "), el("code", {}, why.browserError),
      why.browserMessage ? " and prints:" : ".") : null,
    why.browserMessage ? el("p", { class: "quote" }, why.browserMessage) : null,
    ran ? el("p", {}, el("strong", {}, "Note: "), "the handler ran all the same. CORS keeps a response from being read, not a request from being served.") : null,
  );
}

function body({ body: text }) {
  return text
    ? el("pre", { role: "group", tabindex: "0", "aria-label": "Response body" }, text.length > 400 ? `${text.slice(0, 400)}…` : text)
    : el("p", { class: "lead" }, "The body is empty.");
}

function show(exchange, number) {
  const { explanation } = exchange;
  return el("section", { class: "exchange" },
    el("h3", {}, `${number}. ${kinds[explanation.kind]}: ${exchange.method} ${exchange.path} `,
      el("span", { class: "status" }, `${exchange.status}`)),
    el("p", { class: "lead" },
      ...(exchange.group ? ["The policy of the group ", el("code", {}, exchange.group)] : ["The policy"]),
      " says ", el("code", {}, explanation.reason),
      exchange.handlerRan ? "; the handler answered." : "; the answer came without the handler."),
    el("ol", { class: "steps" }, ...explanation.steps.map((step) => el("li", { "data-ok": String(step.ok) },
      el("span", { class: "icon", "aria-hidden": "true" }, step.ok ? "✓" : "✕"),
      el("span", {},
        el("span", { class: "spoken" }, step.ok ? "holds: " : "fails: "),
        el("span", { class: "rule" }, capital(step.rule)), ` ${capital(step.detail)}. `,
        step.section ? el("span", { class: "note" }, step.section) : null)))),
    el("div", { class: "wire" },
      head(exchange.request, "Request, as received"),
      head(exchange.response, "Response, as sent")),
  );
}

// What takes part in CORS stands out in a head.
const part = /^(origin|access-control-[^:]*|vary|cookie|set-cookie|sec-fetch-site|location):/i;

function head(text, label) {
  const lines = text.trimEnd().split("\r\n");
  return el("div", {},
    el("h4", {}, label),
    el("pre", { role: "group", tabindex: "0", "aria-label": label }, ...lines.flatMap((line, i) => [
      i === 0 || part.test(line) ? el("mark", {}, line) : el("span", { class: "other" }, line), "\n",
    ])));
}
