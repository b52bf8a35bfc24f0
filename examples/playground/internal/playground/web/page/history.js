// What Undo and Redo go through: the whole states of the lab, policy and call together. All
// that a click changes is one step, and so is all that is typed after it.

import { byId } from "/dom.js";

const most = 50; // steps that are kept

export class History {
  // restore puts a state where it was.
  constructor(restore) {
    this.past = [];
    this.future = [];
    this.base = null; // the state that a click has left, until something is typed
    byId("undo").addEventListener("click", () => this.go(this.past, this.future, "redo", restore));
    byId("redo").addEventListener("click", () => this.go(this.future, this.past, "undo", restore));
  }

  // left is the state that a click has left: the next key makes it one to go back to.
  left(state) { this.base = state; }

  // typed is called after each key.
  typed() {
    if (this.base) this.step(this.base);
    this.base = null;
  }

  // step keeps the state before a click.
  step(state) {
    if (!same(state, this.past.at(-1))) this.past.push(state);
    this.past.splice(0, this.past.length - most);
    this.future = [];
    this.show();
  }

  go(from, to, other, restore) {
    const state = from.pop();
    if (!state) return;
    to.push(restore(state));
    this.base = state;
    this.show();
    if (document.activeElement.disabled || document.activeElement === document.body) byId(byId(other).disabled ? "lab-policy" : other).focus();
  }

  show() {
    byId("undo").disabled = this.past.length === 0;
    byId("redo").disabled = this.future.length === 0;
  }
}

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
