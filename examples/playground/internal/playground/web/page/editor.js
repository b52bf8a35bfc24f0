// The editor of the policy: a plain textarea, in which Tab moves to the next control. On its
// left are line numbers and marks for problems. Below are the problems, by line, with fixes.

import { byId, el } from "/dom.js";

export class Editor {
  constructor(changed) {
    this.text = byId("lab-policy");
    this.format = "json"; // of the text: the switch may be ahead of it
    this.changed = changed;
    this.text.addEventListener("input", () => {
      this.fresh = new Set();
      this.stale();
      this.showFormat();
      changed({ typed: true });
    });
    this.text.addEventListener("scroll", () => { byId("gutter").style.transform = `translateY(${-this.text.scrollTop}px)`; });
    for (const radio of document.getElementsByName("format")) {
      radio.addEventListener("change", () => changed({ format: radio.value }));
    }
    this.fresh = new Set(); // lines that a click has changed
    this.draw([]);
  }

  get value() { return this.text.value; }

  // set replaces the whole text, for a preset, a link or a fix.
  set({ policy, format }) {
    const before = { policy: this.value, format: this.format };
    this.format = format;
    this.showFormat();
    if (before.policy === policy && before.format === format) return;
    const known = new Set(before.policy.split("\n").map((line) => line.trim()));
    this.fresh = new Set(before.policy === "" || before.format !== format ? []
      : policy.split("\n").flatMap((line, i) => (known.has(line.trim()) ? [] : [i + 1])));
    this.text.value = policy;
    this.text.scrollLeft = 0;
    this.stale();
  }

  showFormat() { document.querySelector(`[name=format][value=${this.format}]`).checked = true; }

  // stale removes the problems of an older text.
  stale() {
    this.draw([]);
    byId("lab-problems").dataset.stale = "true";
    for (const button of byId("lab-problems").querySelectorAll("button")) button.disabled = true;
    this.text.removeAttribute("aria-invalid");
  }

  // show shows the problems of the current text.
  show(problems, fixAll, fix) {
    this.draw(problems);
    const errors = problems.filter((problem) => problem.severity === "error").length;
    if (errors > 0) this.text.setAttribute("aria-invalid", "true");
    const list = byId("lab-problems");
    delete list.dataset.stale;
    const ordered = [...problems].sort((a, b) => rank(a) - rank(b));
    list.replaceChildren(...(problems.length === 0 ? [] : [
      el("h3", {}, summary(errors, problems.length - errors)),
      ...(fixAll ? [el("div", { class: "fixes" }, el("button", {
        type: "button", class: "fix", id: "fix-all", onclick: () => fix(fixAll, this.text),
      }, `Fix ${fixAll.label}`))] : []),
      el("ul", {}, ...ordered.slice(0, most).map((problem) => this.item(problem, fix))),
      ...(ordered.length <= most ? [] : [el("details", {}, el("summary", {}, `${ordered.length - most} more`),
        el("ul", {}, ...ordered.slice(most).map((problem) => this.item(problem, fix))))]),
    ]));
  }

  item(problem, fix) {
    const { severity, line, column, message, hint, code, fixes = [] } = problem;
    return el("li", { class: severity },
      el("p", {},
        line ? el("button", { type: "button", class: "place", onclick: () => this.goTo(line, column) }, `Line ${line}`) : null,
        line ? " " : null,
        el("strong", {}, severity === "error" ? "Error: " : "Warning: "), message,
        code ? el("span", { class: "code" }, ` (${code})`) : null),
      hint && !message.includes(hint) ? el("p", { class: "hint" }, hint) : null,
      fixes.length > 0 ? el("div", { class: "fixes" }, ...fixes.map((one) => el("button", {
        type: "button", class: "fix", onclick: () => fix(one, this.text),
      }, `Fix: ${one.label}`))) : null);
  }

  // draw numbers the lines, marks those with problems, and sets the editor's height.
  draw(problems) {
    const lines = this.value.split("\n").length;
    this.text.rows = Math.min(Math.max(lines + 1, 6), 24);
    const byLine = Map.groupBy(problems, ({ line }) => line);
    byId("gutter").replaceChildren(...Array.from({ length: lines }, (_, i) => {
      const here = byLine.get(i + 1) ?? [];
      const kind = here.some((problem) => problem.severity === "error") ? "error"
        : here.length > 0 ? "warning" : this.fresh.has(i + 1) ? "fresh" : "";
      const mark = { error: "✕", warning: "!", fresh: "•" }[kind] ?? "";
      return el("div", { class: kind, title: here.map((problem) => problem.message).join("\n") || null },
        el("i", {}, mark), `${i + 1}`);
    }));
  }

  // goTo puts the cursor at a place in the document. Columns count bytes.
  goTo(line, column) {
    const lines = this.value.split("\n");
    const before = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0);
    const bytes = new TextEncoder().encode(lines[line - 1] ?? "").slice(0, Math.max(0, column - 1));
    const at = before + new TextDecoder().decode(bytes).length;
    this.text.focus();
    this.text.setSelectionRange(at, Math.min(at + 1, this.value.length));
  }
}

// most is the greatest number of problems that are shown at once: errors first, by line.
const most = 4;
const rank = ({ severity, line }) => (severity === "error" ? 0 : 1e9) + (line ?? 0);

function summary(errors, warnings) {
  const count = (n, what) => (n === 0 ? "" : n === 1 ? `1 ${what}` : `${n} ${what}s`);
  return [count(errors, "error"), count(warnings, "warning")].filter(Boolean).join(", ");
}
