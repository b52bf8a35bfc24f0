// The answer to the lab's question: the verdict, what to change, the steps, the three
// engines, the caches, and what to do next.

import { byId, el, external, pre } from "/dom.js";
import { takeAway } from "/copies.js";

const signs = { ok: "✓", fail: "✕", skipped: "–", info: "i" };
const spoken = { ok: "passes: ", fail: "fails: ", skipped: "skipped: ", info: "" };

// showVerdict shows the verdict in words, by colour and by sign.
export function showVerdict(kind, word, text, differ = false) {
  const sign = differ ? "!" : { allowed: "✓", blocked: "✕", none: "?" }[kind];
  byId("verdict").dataset.verdict = kind;
  byId("verdict").toggleAttribute("data-differ", differ);
  byId("verdict").replaceChildren(
    el("span", { class: "sign", "aria-hidden": "true" }, sign),
    el("p", { class: "word" }, word),
    el("p", { class: "summary" }, text));
  const jump = byId("jump");
  jump.hidden = false;
  jump.dataset.verdict = kind;
  jump.toggleAttribute("data-differ", differ);
  jump.replaceChildren(el("span", {}, el("span", { "aria-hidden": "true" }, `${sign} `), word),
    el("span", { class: "more" }, "See why", el("span", { "aria-hidden": "true" }, " ↓")));
}

// showAnswer fills what is below the verdict.
export function showAnswer(answer, actions) {
  const { verdict, causes = [], steps = [], engines = [], enginesDiffer, cache } = answer;
  const wrong = causes.filter(({ blocks }) => blocks !== false);
  const notes = causes.filter(({ blocks }) => blocks === false);
  byId("result-body").replaceChildren(...[
    wrong.length > 0 ? causesOf("What is wrong, and how to fix it", wrong, actions.fix) : null,
    section("Step by step", stepList(steps)),
    notes.length > 0 ? causesOf("Allowed, but look at this", notes, actions.fix) : null,
    engines.length > 0 ? section(enginesDiffer ? "The browsers differ" : "In each browser", browsers(engines, enginesDiffer, verdict)) : null,
    cache && (cache.shared || cache.preflight) ? section("What is kept", caches(cache)) : null,
    takeAway(answer, actions),
  ].filter(Boolean));
}

// showNothing is for a policy or a call that cannot be judged.
export function showNothing(...children) {
  byId("result-body").replaceChildren(...children);
}

const section = (title, ...children) => el("section", {}, el("h3", {}, title), ...children);

function causesOf(heading, causes, fix) {
  return el("section", { class: "causes" }, el("h3", {}, heading),
    ...causes.map(({ title, cause, blocks, guide, fixes = [] }) => el("div", { class: blocks === false ? "cause note-only" : "cause" },
      el("p", {}, el("strong", {}, title)),
      cause && cause !== title ? el("p", {}, cause) : null,
      fixes.length > 0 ? el("div", { class: "fixes" }, ...fixes.map((one) => way(one, fix, blocks !== false))) : null,
      guide ? el("p", { class: "note" }, external(guide, "Read more about this cause")) : null)));
}

// way is a fix: a button, or a text if it is to be made by hand. A dangerous one says why.
function way(one, fix, first) {
  const { label, danger, policy, call } = one;
  const button = policy === undefined && !call ? el("p", {}, el("strong", {}, "Fix: "), label)
    : el("button", {
      type: "button", class: first && !danger ? "primary fix" : "fix", onclick: () => fix(one, byId("verdict")),
    }, `Fix: ${label}`);
  return danger ? el("div", { class: "dangerous" }, button, el("p", {}, el("strong", {}, "Danger: "), danger)) : button;
}

// stepList shows the steps in order. Steps after a failure are folded.
function stepList(steps) {
  let reached = steps.length;
  while (reached > 0 && steps[reached - 1].state === "skipped") reached--;
  const rest = steps.slice(reached);
  const list = (some) => el("ol", { class: "steps" }, ...some.map(step));
  return el("div", {}, list(steps.slice(0, reached)), rest.length === 0 ? null
    : el("details", { class: "rest" }, el("summary", {}, rest.length === 1 ? "1 step is not reached" : `${rest.length} steps are not reached`), list(rest)));
}

function step({ title, state, text, detail, request, response }) {
  return el("li", { "data-state": state },
    el("span", { class: "sign", "aria-hidden": "true" }, signs[state] ?? "i"),
    el("div", {},
      el("p", { class: "title" }, el("span", { class: "spoken" }, spoken[state] ?? ""), title),
      text ? el("p", {}, text) : null,
      request || response ? el("div", { class: "wire" },
        request ? lines("The browser sends", request) : null,
        response ? lines("The server answers", response) : null) : null,
      detail ? el("details", {}, el("summary", {}, "In the standard", el("span", { class: "spoken" }, `: ${title}`)),
        el("p", { class: "note" }, detail.url ? external(detail.url, detail.section) : detail.section)) : null));
}

// Headers of CORS are highlighted.
const part = /^(origin|access-control-[^:]*|vary|cookie|sec-fetch-site):/i;

function lines(label, list) {
  return el("div", {}, el("p", { class: "label" }, label),
    el("pre", { role: "group", tabindex: "0", "aria-label": label }, ...list.flatMap((line, i) => [
      part.test(line) ? el("mark", {}, line) : el("span", { class: i === 0 ? "first" : "other" }, line), "\n",
    ])));
}

function browsers(engines, differ, verdict) {
  const same = verdict.allowed ? "All three allow it." : "All three block it. Each says so in its console:";
  return el("div", { class: "browsers" }, differ ? null : el("p", {}, same),
    el("ul", {}, ...engines.map(({ engine, allowed, console: line, note }) => el("li", { "data-verdict": allowed ? "allowed" : "blocked" },
      el("p", {}, el("span", { class: "sign", "aria-hidden": "true" }, allowed ? "✓" : "✕"), el("strong", {}, engine),
        differ ? (allowed ? " allows it." : " blocks it.") : null, note ? el("span", { class: "note" }, ` ${note}`) : null),
      line ? pre(`Console of ${engine}`, line) : null))));
}

function caches({ shared, preflight }) {
  return el("dl", { class: "kept" },
    ...(shared ? [el("dt", {}, "A shared cache (CDN, proxy)"), el("dd", {}, shared)] : []),
    ...(preflight ? [el("dt", {}, "The browser, of the preflight"), el("dd", {}, preflight)] : []));
}

// showDiff lists the changes since the preset; it shows the first ones at once.
export function showDiff(preset, changes) {
  const signsOf = { wider: "+", narrower: "−", other: "±" };
  const list = (some) => el("ul", { class: "diff" }, ...some.map(({ direction, text }) => el("li", { "data-direction": direction },
    el("span", { class: "direction", "aria-hidden": "true" }, signsOf[direction] ?? "±"), el("span", {}, text))));
  const [first, rest] = [changes.slice(0, 3), changes.slice(3)];
  byId("lab-diff").replaceChildren(...(!preset || changes.length === 0 ? [] : [
    el("h3", {}, `Compared with “${preset.name}”`), list(first),
    ...(rest.length === 0 ? [] : [el("details", {}, el("summary", {}, `${rest.length} more`), list(rest))]),
  ]));
}
