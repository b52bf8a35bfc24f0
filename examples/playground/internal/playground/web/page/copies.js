// Texts to copy: the policy and the call, a link to this state, the line for the reader's
// framework, and links to further pages.

import { el, external, pre } from "/dom.js";

const names = { go: "Go", json: "JSON", yaml: "YAML", curl: "curl" };
const longLink = 8000; // characters from which on a link says that others may cut it
let framework = ""; // the reader's choice, kept for later answers
let shown = "";

export function takeAway({ copies = {}, snippets = [] }, { link }) {
  const preview = el("div", { id: "copied" });
  const say = el("span", { id: "copy-state", role: "status", class: "note" });
  const buttons = Object.entries(names).filter(([key]) => copies[key]).map(([key, name]) =>
    el("button", { type: "button", "data-copy": key, onclick: () => offer(key) }, `Copy as ${name}`));

  function offer(key) {
    shown = key;
    preview.replaceChildren(pre(`As ${names[key]}`, copies[key]));
    copy(copies[key], `Copied as ${names[key]}.`);
  }
  async function copy(text, done) {
    try {
      await navigator.clipboard.writeText(text);
      say.textContent = done;
    } catch {
      say.textContent = "The browser does not let this page copy: select the text below and copy it.";
      const box = preview.querySelector("pre") ?? preview;
      getSelection().selectAllChildren(box);
    }
  }
  if (copies[shown]) preview.replaceChildren(pre(`As ${names[shown]}`, copies[shown]));

  const { omitted, hash } = link();
  return el("section", { class: "next" }, el("h3", {}, "Next"),
    el("p", {}, el("a", { href: link("proof").hash, id: "to-proof", class: "button" }, "Send it for real"),
      " Your own browser sends this call to five frameworks."),
    snippets.length > 0 ? frameworks(snippets) : null,
    el("h4", {}, "Take it along"),
    el("div", { class: "actions" }, ...buttons,
      el("button", {
        type: "button", id: "copy-link",
        onclick: () => {
          const { hash } = link();
          preview.replaceChildren(pre("Link", location.origin + location.pathname + hash));
          copy(location.origin + location.pathname + hash, "Link copied.");
        },
      }, "Copy link")),
    el("p", { class: "note", id: "link-note" }, "The link carries the policy and the call, headers included.",
      hash.length > longLink ? ` It has ${hash.length} characters, and some chats and mail programs cut it: send the policy as a file.` : null,
      omitted.length > 0 ? el("strong", {}, ` Left out, since it may be secret: the value of ${omitted.join(", ")}.`) : null),
    say, preview);
}

function frameworks(snippets) {
  const place = el("div", {});
  const select = el("select", { id: "framework", onchange: () => show(select.value) },
    ...snippets.map(({ framework: name }) => el("option", { value: name }, name)));
  function show(name) {
    const { code, guide } = snippets.find((one) => one.framework === name) ?? snippets[0];
    framework = name;
    place.replaceChildren(pre(`For ${name}`, code), ...(guide ? [el("p", {}, external(guide, `Guide for ${name}`))] : []));
  }
  if (snippets.some(({ framework: name }) => name === framework)) select.value = framework;
  show(select.value);
  return el("div", { class: "field" }, el("label", { for: "framework" }, "Install it in your framework"), select, place);
}
