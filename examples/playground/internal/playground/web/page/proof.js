// The proof of the lab's answer: the reader's own browser sends the call to the five
// frameworks, under the lab's policy.

import { openDetails } from "/details.js";
import { byId, el, external, post } from "/dom.js";
import { explain } from "/run.js";
import { send } from "/send.js";
import { sentence } from "/verdict.js";

// browserName is the engine of the lab's that this browser has.
function browserName() {
  if (/Firefox\//.test(navigator.userAgent)) return "Firefox";
  return /Chrom(e|ium)\//.test(navigator.userAgent) ? "Chromium" : "WebKit";
}

export class Proof {
  constructor(state, lab) {
    this.apis = state.apis;
    this.gateway = state.other.origin;
    this.lab = lab;
    this.round = 0;
    byId("proof-again").addEventListener("click", () => this.send());
    byId("proof-how").textContent = `Your browser runs this page as ${location.origin} and sends the call to ${this.gateway}, `
      + "another origin. The playground hands it on to each framework, and swaps one name: the frameworks see the origin "
      + "that the call names, and your browser sees its own. The policy is the one of the lab, unchanged, and so is what "
      + "your browser checks. In place of the URL's query, which has no part in CORS, each request has a number of its own.";
  }

  // send sends the call to each framework. A later call makes the results of an earlier one
  // invalid.
  async send() {
    const mine = ++this.round;
    const section = byId("proof");
    section.dataset.state = "busy";
    byId("proof-results").replaceChildren();
    this.say("Sending…");
    const answer = await this.lab.judged();
    if (mine !== this.round) return;
    const { call } = this.lab.state;
    const show = (results, text) => {
      byId("proof-back").classList.toggle("button", results.length === 0);
      byId("proof-next").hidden = results.length === 0;
      byId("proof-results").replaceChildren(...results.map((result) => this.result(result)));
      this.say(text);
      section.dataset.state = "done";
      section.dataset.round = mine;
    };
    if (answer.failed) return show([], answer.failed);
    byId("proof-call").replaceChildren("A script of ", el("code", {}, call.origin), " sends ",
      el("code", {}, `${call.method} ${call.url}`), ` with credentials: ${call.credentials}.`);
    byId("proof-back").href = byId("nav-lab").href;
    byId("proof-next").replaceChildren(...answer.snippets?.length ? ["Next, install it in your framework: ",
      ...answer.snippets.flatMap(({ framework, guide }, i) => [i > 0 ? ", " : "", external(guide, framework)]), "."] : []);
    if (!answer.verdict) {
      const wrong = (some) => some.find(({ severity }) => severity === "error")?.message;
      return show([], answer.compiled ? `There is nothing to send yet, because the call has an error. ${sentence(wrong(answer.callProblems))}`
        : `There is nothing to send yet, because the policy has an error: ${wrong(answer.problems)}.`);
    }
    if (answer.verdict.kind === "same-origin") {
      return show([], "The page calls its own origin. A browser allows that without CORS, so there is nothing to prove.");
    }
    // A browser that refuses the call for its URL or its form would not refuse the gateway's.
    const mineIs = answer.engines.find(({ engine }) => engine === browserName()) ?? answer.engines[0];
    if (!mineIs.sent) {
      return show([], "Your browser sends nothing for this call, so there is nothing to prove. The lab says why.");
    }
    const run = crypto.getRandomValues(new Uint32Array(2)).join("-");
    let path;
    try {
      ({ path } = await post("/lab/proof", { run, call, policy: answer.copies.json }));
    } catch (error) {
      return show([], error.message);
    }
    const results = await Promise.all(this.apis.map((api, i) => this.attempt(api, i, run, path, call)));
    if (mine === this.round) show(results, this.sentence(results, mineIs.allowed, call.method));
  }

  async attempt(api, i, run, path, call) {
    const init = { method: call.method, headers: call.headers, credentials: call.credentials, cache: "no-store" };
    if (!/^(get|head)$/i.test(call.method)) init.body = '{"name":"anchor"}';
    const url = `${this.gateway}/proof/${i}${path}?run=${run}-${i}`;
    const seen = await send({ url, init });
    const exchanges = await explain(`${run}-${i}`, call.credentials === "include");
    const { method, headers, credentials } = call;
    const scenario = { title: "The lab's call", url: call.url, init: { method, headers: Object.fromEntries(headers), credentials } };
    return { scenario, api, origin: call.origin, url, seen, exchanges };
  }

  // sentence compares what the browser did with what the lab said.
  sentence(results, allowed, method) {
    const let_ = results.filter(({ seen }) => seen.verdict === "allowed").length;
    const all = results.length;
    const did = let_ === all ? `Your browser let all ${all} responses through.`
      : let_ === 0 ? `Your browser blocked all ${all} responses.`
        : `Your browser let ${let_} of ${all} responses through.`;
    const agree = let_ === (allowed ? all : 0);
    const unanswered = results.filter(({ seen, exchanges }) => seen.verdict === "blocked" && exchanges.length === 0).length;
    if (unanswered > 0) {
      return `The call has not arrived at ${unanswered} of ${all} frameworks. Is the playground still running? `
        + "Another tab that sends a call ends this one: send it again.";
    }
    if (agree) return `${did} The lab says the same.`;
    const itself = results.filter(({ api, seen, exchanges }) => api.name === "fiber" && seen.verdict === "blocked"
      && exchanges.at(-1)?.status === 400);
    if (allowed && itself.length > 0 && let_ + itself.length === all) {
      return `${did} Fiber answers the method ${method} by itself, before any middleware: list it in fiber.Config.RequestMethods. Otherwise the lab says the same.`;
    }
    return `${did} The lab says ${allowed ? "allowed" : "blocked"}: that is a difference.`;
  }

  result(result) {
    const { api, seen } = result;
    const allowed = seen.verdict === "allowed";
    return el("li", {}, el("button", {
      type: "button", "aria-haspopup": "dialog", "data-framework": api.name, "data-verdict": seen.verdict,
      onclick: () => openDetails(result),
    }, el("span", { class: "name" }, api.name), " ",
    el("span", { class: "word" }, el("span", { "aria-hidden": "true" }, allowed ? "✓ " : "✕ "), allowed ? "Allowed" : "Blocked"), " ",
    el("span", { class: "small" }, allowed ? `status ${seen.status}` : "see why")));
  }

  say(text) { byId("proof-summary").textContent = text; }
}
