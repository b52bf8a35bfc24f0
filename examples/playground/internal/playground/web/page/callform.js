// The form of a call: the page's origin, and the arguments of its script's fetch.

import { byId, el } from "/dom.js";
import { sentence } from "/verdict.js";

const fields = ["origin", "method", "url", "headers", "credentials"];
const input = (field) => byId(`call-${field}`);

export function startForm(changed) {
  byId("call").addEventListener("input", changed);
  byId("call").addEventListener("submit", (event) => event.preventDefault());
}

export function readCall() {
  return {
    origin: input("origin").value.trim(),
    method: input("method").value.trim(),
    url: input("url").value.trim(),
    credentials: input("credentials").value,
    headers: input("headers").value.split("\n").filter((line) => line.trim()).map((line) => {
      const colon = line.indexOf(":");
      return colon < 0 ? [line.trim(), ""] : [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
    }),
  };
}

export function writeCall(call) {
  for (const field of ["origin", "method", "url", "credentials"]) input(field).value = call[field];
  const lines = call.headers.map(([name, value]) => `${name}: ${value}`);
  input("headers").value = lines.join("\n");
  input("headers").rows = Math.max(2, lines.length + 1);
}

// showCallProblems writes each problem below its field, with its fix.
export function showCallProblems(problems, fix) {
  for (const field of fields) {
    const mine = problems.filter((problem) => problem.field === field);
    const place = byId(`call-${field}-problem`);
    place.dataset.severity = mine.some(isError) ? "error" : "warning";
    place.replaceChildren(...mine.map((problem) => el("span", {}, sentence(problem.message), " ",
      ...(problem.fixes ?? []).map((one) => el("button", {
        type: "button", class: "fix", onclick: () => fix(one, input(field)),
      }, `Fix: ${one.label}`)))));
    if (mine.some(isError)) input(field).setAttribute("aria-invalid", "true");
    else input(field).removeAttribute("aria-invalid");
  }
}

const isError = ({ severity }) => severity !== "warning";

// focusProblem moves the focus to the first field with an error.
export function focusProblem(problems) {
  const first = fields.find((field) => problems.some((problem) => problem.field === field && isError(problem)));
  if (first) input(first).focus();
}
