// The box for text that developers copy from their browser. A request fills the form of the
// call; a console's message is explained.

import { byId, el, external, post, pre } from "/dom.js";
import { sentence } from "/verdict.js";

export function startPaste(fill) {
  const text = byId("paste-text");
  const answer = byId("paste-answer");
  let asking = new AbortController();
  let timer;

  const show = (open) => {
    byId("paste").hidden = !open;
    byId("paste-open").setAttribute("aria-expanded", `${open}`);
    (open ? text : byId("paste-open")).focus();
  };
  byId("paste-open").addEventListener("click", () => show(byId("paste").hidden));
  byId("paste-close").addEventListener("click", () => show(false));
  byId("paste").addEventListener("keydown", (event) => { if (event.key === "Escape") show(false); });
  text.addEventListener("input", () => {
    asking.abort();
    asking = new AbortController();
    clearTimeout(timer);
    answer.replaceChildren();
    delete byId("paste").dataset.state;
    if (text.value.trim() !== "") timer = setTimeout(read, 200, text.value, asking.signal);
  });

  async function read(pasted, signal) {
    let got;
    try {
      got = await post("/lab/read", { text: pasted }, signal);
    } catch (error) {
      if (error.name === "AbortError") return;
      got = { problem: error.message };
    }
    const { form, call, console: messages = [], notes = [], problem } = got;
    byId("paste").dataset.state = problem ? "problem" : "read";
    answer.replaceChildren(...(problem ? [
      el("p", { class: "box blocked" }, el("strong", {}, "Not understood. "), sentence(problem)),
    ] : [
      el("p", { class: "box allowed" }, el("strong", {}, "Read"),
        ` as ${form || "a message of the console"}. `,
        call ? "The call below is filled in; add your policy to it." : partly(messages)),
      ...notes.map((note) => el("p", { class: "note" }, note)),
      ...messages.map(message),
    ]));
    const first = messages.find(({ origin, url }) => origin || url);
    if (call) fill(Object.fromEntries(Object.entries(call).filter(([, value]) => value !== "")));
    else if (first) fill({ ...(first.origin && { origin: first.origin }), ...(first.url && { url: first.url }) });
  }
}

// partly says what a message that does not tell the whole call has told of it.
function partly(messages) {
  const first = messages.find(({ origin, url }) => origin || url);
  if (!first) return "";
  const told = [first.origin && "the origin", first.url && "the URL"].filter(Boolean).join(" and ");
  return `Of the call below, ${told} ${first.origin && first.url ? "are" : "is"} filled in.`;
}

// message explains a console's message, with the likeliest cause first.
function message({ engine, code, url, causes = [] }) {
  const list = (some) => el("ul", {}, ...some.map(({ title, cause, fix, guide }) => el("li", {},
    el("strong", {}, title), cause ? ` ${cause}` : null,
    guide ? el("p", { class: "note" }, external(guide, "Read more about this cause")) : null,
    ...(fix ? [el("p", {}, "The server has to send:"), pre("Header lines to send", fix)] : []))));
  const [first, rest] = [causes.slice(0, 1), causes.slice(1)];
  return el("section", { class: "message" },
    el("h3", {}, `${engine} says`, code ? el("code", {}, ` ${code}`) : null),
    url ? el("p", { class: "note" }, "of ", el("code", {}, url)) : null,
    first.length > 0 ? list(first) : null,
    rest.length > 0 ? el("details", {}, el("summary", {}, rest.length === 1 ? "1 other cause" : `${rest.length} other causes`), list(rest)) : null);
}
