// Functions that the modules of the page share.

import { sentence } from "/verdict.js";

// el makes an element: el("p", { class: "note" }, "text", child, …). It leaves out attributes
// that are false or null; on… adds a listener. Text always becomes a text node.

export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

// byId finds an element of index.html.
export const byId = (id) => document.getElementById(id);

// post sends an object to the page's own server, and returns its answer. An error has
// a message for people.
export async function post(path, body, signal) {
  let response;
  try {
    response = await fetch(path, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body), signal,
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Error("The playground does not answer. Is it still running?");
  }
  const text = await response.text();
  let answer;
  try {
    answer = JSON.parse(text);
  } catch {
    answer = { error: text.trim() || `The playground answered ${response.status}.` };
  }
  if (!response.ok) throw new Error(sentence(answer.error ?? `the playground answered ${response.status}`));
  return answer;
}

// external returns the attributes of a link out of the playground; the new page has no access
// to this one.
export const external = (href, ...children) => el("a", { href, rel: "noreferrer", target: "_blank" }, ...children,
  el("span", { class: "spoken" }, " (opens a new tab)"));

// pre is a block of text that scrolls, also by keyboard.
export const pre = (label, text) => el("pre", { role: "group", tabindex: "0", "aria-label": label }, text);
