// The page's two views. At #lab, the page's own server judges a call that is not sent. At
// #proof, the browser sends real calls. The address may also have the lab's state (link.js).

import { byId } from "/dom.js";
import { Lab } from "/lab.js";
import { Proof } from "/proof.js";
import { startScenarios } from "/run.js";

const state = await (await fetch("/state")).json();
const lab = await Lab.start();
const proof = new Proof(state, lab);
const skip = document.querySelector(".skip");
let scenarios; // started when the proof is first shown

const views = {
  lab: { title: "Lab", skipTo: "result", show: () => lab.open(location.hash) },
  proof: {
    title: "Proof",
    skipTo: "results",
    show: () => {
      lab.open(location.hash);
      proof.send();
      scenarios ??= startScenarios(state);
    },
  },
};

function route(moved) {
  const [, name] = /^#(\w+)/.exec(location.hash) ?? [];
  const current = Object.hasOwn(views, name) ? name : "lab";
  skip.href = `#${views[current].skipTo}`;
  skip.textContent = current === "lab" ? "Skip to the answer" : "Skip to the table";
  for (const [view, { title }] of Object.entries(views)) {
    byId(`view-${view}`).hidden = view !== current;
    byId(`nav-${view}`).removeAttribute("aria-current");
    if (view !== current) continue;
    byId(`nav-${view}`).setAttribute("aria-current", "page");
    document.title = `${title} · Crossgate playground`;
  }
  views[current].show();
  if (moved) byId(`${current}-title`).focus();
}

let view = "";
window.addEventListener("hashchange", () => {
  const next = location.hash.split("?")[0];
  route(next !== view); // a change of the state alone does not move the focus
  view = next;
});
skip.addEventListener("click", (event) => {
  event.preventDefault(); // the address names a view
  const target = byId(skip.hash.slice(1));
  target.focus();
  target.scrollIntoView();
});
view = location.hash.split("?")[0];
route(false);
