/* Pages whose forms save themselves by htmx: what was typed and isn't saved yet, what was sent of it, when to send it
   again, and a question before somebody leaves. What an answer means, and where it is said, each page knows. */

'use strict';

const AGAIN_MS = 5000;

class Autosave {
  /** Forms with something typed that the server hasn't answered for; by name, how much was typed by then. */
  unsaved = new Map();
  #typed = 0;
  #page;

  /**
   * @param {object} page
   * @param {string} page.forms Selects the forms that save themselves.
   * @param {(form: HTMLFormElement) => string} page.nameOf What a form is known by, also where an answer draws it again.
   * @param {(form: HTMLFormElement) => HTMLElement} page.stateOf Where it is said what became of it; has the words.
   * @param {string[]} page.againAfter The states after which it is sent again.
   * @param {(field: HTMLElement) => boolean} page.isOutside Whether a field isn't part of what is saved.
   * @param {(form: HTMLFormElement) => void} [page.onTyping]
   * @param {() => boolean} [page.mayLeave] Whether somebody may leave though something isn't saved.
   */
  constructor(page) {
    this.#page = page;
    /* Noted on the way down, before htmx hears of it on the form and sends it: noted later, it would seem to have been
       typed since, and the page would say that it is saving for as long as it is open. */
    document.addEventListener('input', (event) => this.#noteTyping(event), true);
    document.addEventListener('change', (event) => this.#noteTyping(event), true);
    document.addEventListener('htmx:beforeSend', (event) => this.#noteSent(event));
    window.addEventListener('online', () => this.sendAgain());
    setInterval(() => this.sendAgain((form) => page.againAfter.includes(page.stateOf(form).dataset.state)), AGAIN_MS);
    window.addEventListener('beforeunload', (event) => {
      if (this.unsaved.size && !page.mayLeave?.()) event.preventDefault();
    });
  }

  #noteTyping({ target }) {
    const form = target.form?.closest(this.#page.forms);
    if (!form || this.#page.isOutside(target)) return;
    this.note(this.#page.nameOf(form));
    this.#page.onTyping?.(form);
    this.say(form, 'saving');
  }

  #noteSent({ target, detail }) {
    const form = target.closest(this.#page.forms);
    if (!form || detail.requestConfig.verb !== 'post') return;
    const name = this.#page.nameOf(form);
    detail.xhr.autosave = { name, typed: this.unsaved.get(name) ?? 0 };
  }

  formOf(name) {
    return [...document.querySelectorAll(this.#page.forms)].find((form) => this.#page.nameOf(form) === name);
  }

  say(form, kind) {
    const state = this.#page.stateOf(form);
    state.dataset.state = kind;
    state.textContent = state.dataset[kind];
  }

  /** Something was typed in the form of this name. */
  note(name) {
    this.unsaved.set(name, ++this.#typed);
  }

  /** Which form a request has sent; undefined where it was another request. */
  nameOf(xhr) {
    return xhr.autosave?.name;
  }

  /** Whether more was typed since the request was sent: that is on its way. */
  hasMore({ autosave }) {
    return (this.unsaved.get(autosave.name) ?? 0) > autosave.typed;
  }

  /** Send what isn't saved, as if something had been chosen in its form. */
  sendAgain(isDue = () => true) {
    for (const name of this.unsaved.keys()) {
      const form = this.formOf(name);
      if (form && isDue(form)) form.dispatchEvent(new Event('change', { bubbles: true }));
    }
  }
}
