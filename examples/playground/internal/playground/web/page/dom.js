// el makes an element: el("p", { class: "note" }, "text", child, …). An attribute
// that is false or null is left out; on… adds a listener.

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
