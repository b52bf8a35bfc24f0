// The table of scenarios and frameworks: one row per scenario and one cell per framework. The
// last cell says why the browser did not let the script read a response.

import { el } from "/dom.js";
import { explanationOf, groupOf } from "/verdict.js";
import { method } from "/scenarios.js";

export class Table {
  constructor(element, scenarios, apis, open) {
    this.element = element;
    this.apis = apis;
    this.cells = []; // by row, then column
    this.why = [];
    this.results = [];
    element.tHead.rows[0].append(
      el("th", { scope: "col", role: "columnheader" }, "Scenario"),
      ...apis.map((api) => el("th", { scope: "col", role: "columnheader", class: "framework" },
        api.name, el("code", {}, `:${new URL(api.origin).port}`))),
      el("th", { scope: "col", role: "columnheader", class: "spoken" }, "Why"),
    );
    const body = element.tBodies[0];
    for (const [row, scenario] of scenarios.entries()) {
      const cells = apis.map((api, column) => el("td", {
        role: "cell", class: "verdict",
        "data-scenario": scenario.id, "data-framework": api.name, "data-title": scenario.title,
      }, el("button", {
        type: "button", "aria-haspopup": "dialog",
        onclick: () => this.results[row]?.[column] && open(this.results[row][column]),
        onkeydown: (event) => this.move(event, row, column),
      })));
      const why = el("td", { role: "cell", class: "why" });
      this.cells.push(cells);
      this.why.push(why);
      body.append(el("tr", { role: "row", "data-scenario": scenario.id },
        el("th", { scope: "row", role: "rowheader" },
          el("span", { class: "title" }, scenario.title),
          el("code", {}, `${method(scenario)} ${scenario.path}`),
          el("span", { class: "note" }, scenario.note)),
        ...cells, why));
    }
  }

  // start empties the table for a new round.
  start(round) {
    this.element.dataset.round = round;
    this.element.dataset.state = "running";
    this.results = this.cells.map((row) => row.map(() => null));
    for (const [row, cells] of this.cells.entries()) {
      for (const [column, cell] of cells.entries()) this.fill(cell, this.apis[column], "pending", "…", "");
      this.why[row].replaceChildren();
    }
  }

  set(row, column, result) {
    this.results[row][column] = result;
    const { seen, exchanges } = result;
    const cell = this.cells[row][column];
    cell.dataset.url = result.url; // connects a cell with the browser's own log
    if (seen.verdict === "allowed") {
      this.fill(cell, result.api, "allowed", `${seen.status}`, sub(seen));
    } else if (exchanges.length === 0) {
      this.fill(cell, result.api, "unanswered", "No answer", "");
    } else {
      this.fill(cell, result.api, "blocked", "Blocked", "");
    }
    if (this.results[row].every(Boolean)) this.explain(row);
  }

  // fill shows a verdict: by colour, by sign and in words.
  fill(cell, api, verdict, text, small) {
    cell.dataset.verdict = verdict;
    const icon = { allowed: "✓", blocked: "✕", unanswered: "?", pending: "" }[verdict];
    const spoken = { allowed: ", let through", blocked: "", unanswered: "", pending: "running" }[verdict];
    cell.firstElementChild.replaceChildren(
      el("span", { class: "name" }, api.name), " ",
      el("span", { class: "word" }, el("span", { class: "icon", "aria-hidden": "true" }, icon), text), " ",
      small ? el("span", { class: "small" }, small) : "",
      el("span", { class: "spoken" }, `${spoken}, ${cell.dataset.title}`),
    );
  }

  // explain fills a row's last cell. Frameworks with the same explanation share one; that
  // should be all of them.
  explain(row) {
    const groups = new Map();
    for (const result of this.results[row]) {
      const { cause, fix, browserError, text } = explanationOf(result);
      const group = groupOf(result);
      const key = JSON.stringify([cause, fix, browserError, text, group]);
      if (!groups.has(key)) groups.set(key, { cause, fix, browserError, text, group, names: [] });
      groups.get(key).names.push(result.api.name);
    }
    this.why[row].replaceChildren(...[...groups.values()].map((group) => el("div", { class: "reason" },
      groups.size > 1 ? el("p", { class: "who" }, group.names.join(", ")) : null,
      group.group ? el("p", { class: "by" }, "Decided by the policy of ", el("code", {}, group.group), ":") : null,
      group.text ? el("p", { class: "fine" }, group.text) : null,
      group.cause ? el("p", { class: "cause" }, group.cause) : null,
      group.fix ? el("p", { class: "fix" }, el("strong", {}, "Fix: "), group.fix) : null,
      group.browserError ? el("p", { class: "error" }, el("code", {}, ...breakable(group.browserError))) : null,
    )));
  }

  // finish summarizes the results in a sentence.
  finish() {
    this.element.dataset.state = "done";
    const all = this.results.flat();
    const let_ = all.filter((result) => result.seen.verdict === "allowed").length;
    const differ = this.results.filter((row) =>
      new Set(row.map((result) => `${result.seen.verdict} ${result.seen.status}`)).size > 1);
    const agreement = differ.length === 0
      ? `All ${this.apis.length} frameworks agree.`
      : `The frameworks differ in: ${differ.map((row) => row[0].scenario.title).join(", ")}.`;
    return `${let_} of ${all.length} let through, ${all.length - let_} blocked. ${agreement}`;
  }

  // move lets the arrow keys go from cell to cell.
  move(event, row, column) {
    const [down, right] = {
      ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1],
    }[event.key] ?? [0, 0];
    const cell = this.cells[row + down]?.[column + right];
    if ((down || right) && cell) {
      event.preventDefault();
      cell.firstElementChild.focus();
    }
  }
}

// breakable lets a long name in camel case wrap to the next line.
function breakable(name) {
  return name.split(/(?=[A-Z])/).flatMap((word) => [word, el("wbr")]);
}

// sub is the small text for a response that the page may read: what is special about it.
function sub({ redirected, body, headers }) {
  if (redirected) return "redirect";
  if (headers.some(([name]) => name === "x-total-count")) return "+ count";
  try {
    const { user } = JSON.parse(body);
    if (user !== undefined) return user ? `user ${user}` : "no user";
  } catch {
    // Not JSON: nothing special.
  }
  return "";
}
