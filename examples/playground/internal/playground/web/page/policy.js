// The policy's panel: a JSON document that you can put into force while the APIs serve. The
// server checks it; a document with mistakes changes nothing. The group's policy is shown, but
// cannot be changed.

import { byId, el } from "/dom.js";
import { capital } from "/verdict.js";

export function startPolicyPanel(state, applied) {
  const editor = byId("policy");
  let inForce = state.policy;
  let lost = ""; // edits that a click has replaced

  for (const preset of state.presets) {
    byId("presets").append(el("button", {
      type: "button",
      onclick: () => {
        replace(preset.policy);
        note(preset);
        apply();
      },
    }, preset.name));
  }
  byId("policy-form").addEventListener("submit", (event) => {
    event.preventDefault();
    apply();
  });
  byId("discard").addEventListener("click", () => {
    replace(inForce);
    showErrors([]);
    showState();
    editor.focus();
  });
  byId("restore").addEventListener("click", () => {
    editor.value = lost;
    byId("restore").hidden = true;
    showState();
    editor.focus();
  });
  editor.addEventListener("input", showState);
  editor.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      apply();
    }
  });

  editor.value = inForce;
  note(state.presets.find((preset) => preset.policy === inForce));
  showWarnings(state.warnings);
  showState();
  byId("group-prefix").textContent = state.group.prefix;
  byId("group-policy").textContent = state.group.policy;

  // replace writes a text over another. Edits that were not applied can be brought back.
  function replace(text) {
    const edited = editor.value !== inForce && editor.value !== text;
    if (edited) lost = editor.value;
    byId("restore").hidden = !edited;
    editor.value = text;
  }

  // apply asks the server to put the document into force.
  async function apply() {
    const text = editor.value;
    let answer;
    try {
      const response = await fetch("/policy", {
        method: "PUT",
        headers: { "Content-Type": "application/json" },
        body: text,
      });
      answer = response.ok || response.status === 422
        ? await response.json()
        : { errors: [{ hint: `${response.status}: ${await response.text()}` }] };
    } catch (error) {
      answer = { errors: [{ hint: `The playground does not answer (${error.message}). Is it still running?` }] };
    }
    if (answer.errors) {
      showErrors(answer.errors);
      byId("policy-state").textContent = "Refused. The policy before it is still in force.";
      byId("policy-state").dataset.state = "refused";
      byId("policy-errors").scrollIntoView({ block: "nearest" });
      return;
    }
    inForce = answer.policy;
    note(state.presets.find((preset) => preset.policy === inForce));
    showErrors([]);
    showWarnings(answer.warnings);
    showState();
    await applied();
  }

  function showState() {
    const edited = editor.value !== inForce;
    byId("policy-state").textContent = edited ? "Edited, not applied yet." : "In force.";
    byId("policy-state").dataset.state = edited ? "edited" : "in-force";
    byId("discard").disabled = !edited;
  }

  function showErrors(errors) {
    editor.setAttribute("aria-invalid", errors.length > 0);
    byId("policy-errors").replaceChildren(...(errors.length === 0 ? [] : [
      el("h3", {}, errors.length === 1 ? "1 mistake" : `${errors.length} mistakes`),
      el("ul", {}, ...errors.map((error) => finding(error, goTo))),
    ]));
  }

  function showWarnings(warnings) {
    byId("policy-warnings").replaceChildren(...(warnings.length === 0 ? [] : [
      el("h3", {}, warnings.length === 1 ? "1 warning" : `${warnings.length} warnings`),
      el("ul", {}, ...warnings.map((warning) => finding(warning))),
    ]));
  }

  // note explains a preset, and says at which address to open the page. Your own policy has
  // no note.
  function note(preset) {
    const elsewhere = preset?.open && new URL(preset.open).origin !== location.origin;
    byId("preset-note").replaceChildren(...(preset ? [preset.note] : []),
      ...(elsewhere ? [" Open ", el("a", { href: preset.open }, preset.open), " to see it match."] : []));
  }

  // goTo puts the cursor at a place in the document. Columns count bytes.
  function goTo(line, column) {
    const lines = editor.value.split("\n");
    const before = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0);
    const bytes = new TextEncoder().encode(lines[line - 1] ?? "").slice(0, column - 1);
    const at = before + new TextDecoder().decode(bytes).length;
    editor.focus();
    editor.setSelectionRange(at, at + 1);
  }
}

// finding is one mistake or warning: where, what was written, and what to write.
function finding({ field, value, code, hint, line, column }, goTo) {
  return el("li", {},
    el("p", { class: "where" },
      field ? el("code", {}, field) : null,
      value ? el("code", { class: "value" }, value.length > 120 ? `${value.slice(0, 120)}…` : value) : null,
      code ? el("span", { class: "code" }, code) : null,
      line ? el("button", { type: "button", class: "place", onclick: () => goTo(line, column) },
        `line ${line}, column ${column}`) : null),
    el("p", { class: "hint" }, `${capital(hint)}.`));
}
