// The lab: a policy, a call, and what a browser does with them. The page's own server judges.
// An answer is valid only for the text that was sent.

import { focusProblem, readCall, showCallProblems, startForm, writeCall } from "/callform.js";
import { byId, el, post } from "/dom.js";
import { Editor } from "/editor.js";
import { History } from "/history.js";
import { decode, encode, sameCall } from "/link.js";
import { startPaste } from "/paste.js";
import { showAnswer, showDiff, showNothing, showVerdict } from "/result.js";
import { sentence } from "/verdict.js";

const pause = 200; // milliseconds without a key until the server is asked

export class Lab {
  // start asks for the presets, and opens the first.
  static async start() {
    const response = await fetch("/lab/presets");
    return new Lab((await response.json()).presets);
  }

  constructor(presets) {
    this.presets = presets;
    this.preset = "";
    this.asking = new AbortController();
    this.asked = 0;
    this.answer = null; // to the current state, or null
    this.waiting = []; // functions that wait for the answer
    this.history = new History((state) => {
      const now = this.whole;
      this.put(state);
      return now;
    });
    this.editor = new Editor((change) => this.changed(change));
    startForm(() => this.changed({ typed: true }));
    startPaste((call) => this.become({ call: { ...readCall(), ...call } }));
    byId("lab-presets").append(...presets.map((preset) => el("button", {
      type: "button", "data-preset": preset.id, "aria-pressed": "false", onclick: () => this.choose(preset),
    }, preset.name)));
    byId("jump").addEventListener("click", () => {
      byId("result").focus({ preventScroll: true });
      byId("result").scrollIntoView();
    });
    new IntersectionObserver(([{ isIntersecting }]) => {
      byId("jump").toggleAttribute("data-seen", isIntersecting);
    }, { rootMargin: "0px 0px -80px 0px" }).observe(byId("verdict"));
    new ResizeObserver(stick).observe(inputs);
    window.addEventListener("resize", stick);
  }

  get state() { return { policy: this.editor.value, format: this.editor.format, call: readCall() }; }
  get whole() { return { ...this.state, preset: this.preset }; }
  get chosen() { return this.presets.find(({ id }) => id === this.preset); }

  // open shows the state of an address. An address without a state, or with the current one,
  // changes nothing, so that values that a link leaves out are not lost.
  open(hash) {
    const empty = this.editor.value === "" && this.preset === "";
    const view = /^#(\w+)/.exec(hash)?.[1];
    if (!empty && encode(view, this.state, this.chosen).hash === hash) return;
    const given = decode(hash, this.presets);
    if (given) this.become(given, !empty);
    else if (empty) this.become(opened(this.presets[0]), false);
  }

  choose(preset) { this.become(opened(preset)); }

  // become changes some of the state by a click, which Undo takes back.
  become(change, undo = true) {
    const before = this.whole;
    if (undo) this.history.step(before);
    this.put({ ...before, ...change });
    this.history.left(this.whole);
  }

  put({ preset, policy, format, call }) {
    this.preset = preset;
    writeCall(call);
    this.editor.set({ policy, format });
    this.changed({ now: true }); // also where the policy is the same
  }

  // changed voids the last answer, and asks for one to the state as it is. Where the format
  // is to be another, the policy is written in that.
  changed({ format, typed, now } = {}) {
    const { answer } = this;
    this.asking.abort();
    this.asking = new AbortController();
    clearTimeout(this.timer);
    this.answer = null;
    if (typed) this.history.typed();
    if (format) {
      this.reformat(format, answer, this.asking.signal);
      return;
    }
    this.editor.stale();
    showCallProblems([]);
    this.pressed();
    for (const view of ["lab", "proof"]) byId(`nav-${view}`).href = encode(view, this.state, this.chosen).hash;
    byId("result").dataset.state = "busy";
    byId("result").setAttribute("aria-busy", "true");
    this.timer = setTimeout(() => this.ask(this.state, this.asking.signal), now ? 0 : pause);
  }

  // reformat writes the policy in another format. One that is not a policy stays as it is,
  // and is read in that format.
  async reformat(format, answer, signal) {
    byId("result").dataset.state = "busy";
    const { state } = this;
    try {
      answer ??= await post("/lab/judge", { ...state, preset: "" }, signal);
    } catch (error) {
      if (error.name === "AbortError") return;
    }
    if (!signal.aborted) this.become({ policy: answer?.copies?.[format] ?? state.policy, format });
  }

  async ask(state, signal) {
    let answer;
    try {
      answer = await post("/lab/judge", { ...state, preset: this.preset }, signal);
    } catch (error) {
      if (error.name !== "AbortError") this.failed(error);
      return;
    }
    if (signal.aborted) return;
    this.answer = answer;
    this.show(state, answer);
    const view = byId("view-proof").hidden ? "lab" : "proof";
    history.replaceState(null, "", encode(view, state, this.chosen).hash);
    for (const resolve of this.waiting.splice(0)) resolve();
  }

  // judged waits for the answer to the state as it is, or for { failed }, which says why there
  // is none.
  async judged() {
    while (!this.answer) await new Promise((resolve) => { this.waiting.push(resolve); });
    return this.answer;
  }

  show(state, answer) {
    const { problems = [], fixAll, callProblems = [], verdict, diff = [] } = answer;
    const fix = (one, next) => this.fix(state, one, next);
    this.editor.show(problems, fixAll, fix);
    showCallProblems(callProblems, fix);
    showDiff(this.chosen, diff);
    byId("lab-notice").hidden = true;
    if (verdict) {
      const word = answer.enginesDiffer ? "Browsers differ" : verdict.allowed ? "Allowed" : "Blocked";
      showVerdict(verdict.allowed ? "allowed" : "blocked", word, verdict.summary, answer.enginesDiffer);
      showAnswer(answer, { fix, link: (view = "lab") => encode(view, state, this.chosen) });
      say(`${word}. ${verdict.summary}`);
    } else {
      this.cannot(answer, fix);
    }
    byId("result").dataset.state = "done";
    byId("result").removeAttribute("aria-busy");
    byId("result").dataset.asked = ++this.asked;
  }

  // cannot says what to correct first, and moves the focus there. The policy's other errors are
  // listed next to it.
  cannot({ compiled, fixAll, callProblems = [], problems = [] }, fix) {
    const errors = (compiled ? callProblems : problems).filter(({ severity }) => severity === "error")
      .sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
    const [first] = errors;
    const go = () => {
      if (compiled) focusProblem(errors);
      else if (first?.line) this.editor.goTo(first.line, first.column);
      else byId("lab-policy").focus();
    };
    const count = errors.length > 1 ? `${errors.length} errors` : "an error";
    const text = compiled ? "The call needs a correction first." : `The policy has ${count}, and the library accepts none.`;
    showVerdict("none", "No answer yet", text);
    const button = (one, text) => el("button", {
      type: "button", class: "primary fix", onclick: () => fix(one, byId("verdict")),
    }, text);
    showNothing(
      ...(fixAll ? [el("div", { class: "fixes" }, button(fixAll, `Fix ${fixAll.label}`))] : []),
      el("ul", { class: "todo" }, ...(compiled ? errors : errors.slice(0, 1)).map(({ line, message, fixes = [] }) => el("li", {},
        el("p", {}, line ? el("strong", {}, `Line ${line}: `) : null, compiled ? sentence(message) : `${message}.`),
        fixes.length > 0 && !fixAll ? el("div", { class: "fixes" }, ...fixes.map((one) => button(one, `Fix: ${one.label}`))) : null))),
      el("p", {}, el("button", { type: "button", id: "to-problem", onclick: go },
        compiled ? "Go to the field" : first?.line ? `Go to line ${first.line}` : "Go to the policy")));
    say(text);
  }

  failed(error) {
    showVerdict("none", "No answer", error.message);
    showNothing(el("p", {}, el("button", { type: "button", id: "try-again", onclick: () => this.changed({ now: true }) }, "Try again")));
    byId("lab-notice").textContent = error.message;
    byId("lab-notice").hidden = false;
    byId("result").dataset.state = "failed";
    byId("result").removeAttribute("aria-busy");
    this.answer = { failed: error.message };
    for (const resolve of this.waiting.splice(0)) resolve();
  }

  // fix puts a repaired policy into the editor, and a repaired call into the form. Its button
  // disappears, so it moves the focus.
  fix(state, { label, policy = state.policy, format = state.format, call = state.call }, next) {
    if (!this.answer) return; // the fix was for another text
    this.become({ policy, format, call });
    say(`Done: ${label}.`);
    if (next === byId("verdict")) next.setAttribute("tabindex", "-1");
    next.focus({ preventScroll: true });
  }

  // pressed marks the preset from which the state comes.
  pressed() {
    const { state, chosen } = this;
    const same = chosen && state.policy === chosen.policy && sameCall(state.call, chosen.call);
    for (const button of byId("lab-presets").children) {
      const mine = button.dataset.preset === this.preset;
      button.setAttribute("aria-pressed", `${Boolean(mine && same)}`);
      button.toggleAttribute("data-edited", Boolean(mine && !same));
    }
    byId("lab-explain").textContent = !chosen ? "" : same ? chosen.explain : `Started from “${chosen.name}”, then edited.`;
  }
}

// stick keeps the policy and the call in sight while the answer scrolls: from their top, or
// from their bottom where they are higher than the window.
const inputs = document.querySelector(".inputs");
function stick() { inputs.style.top = `${Math.min(16, window.innerHeight - inputs.offsetHeight - 16)}px`; }

// opened is a preset as a state.
const opened = ({ id, policy, format, call }) => ({ preset: id, policy, format, call });

// say announces a text to users of screen readers.
function say(text) {
  if (byId("announce").textContent !== text) byId("announce").textContent = text;
}
