/* A journey's forms save themselves by htmx. Here is what the browser alone can know: what isn't saved yet. */

'use strict';

const AGAIN_MS = 5000;
/** Forms with something typed that the server hasn't answered for; by form, how much was typed by then. */
const unsaved = new Map();
let typed = 0;

const stateOf = (form) => form.querySelector('.save-state');

function say(form, kind) {
  const state = stateOf(form);
  state.dataset.state = kind;
  state.textContent = state.dataset[kind];
}

function noteTyping({ target }) {
  const form = target.form?.closest('[data-saves-itself]');
  if (!form || target.matches('[data-unsaved]')) return;
  unsaved.set(form, ++typed);
  say(form, 'saving');
}

document.addEventListener('input', noteTyping, true);
document.addEventListener('change', noteTyping, true);
/* What is chosen to be added isn't part of the draft: it saves nothing. */
document.addEventListener('htmx:configRequest', (event) => {
  if (event.detail.triggeringEvent?.target?.matches?.('[data-unsaved]')) event.preventDefault();
});
document.addEventListener('htmx:beforeSend', ({ target, detail }) => { detail.xhr.typedByThen = unsaved.get(target); });
document.addEventListener('htmx:afterRequest', ({ target, detail }) => {
  if (!target.matches('[data-saves-itself]')) return;
  if (!detail.successful) return say(target, 'offline');
  if (unsaved.get(target) === detail.xhr.typedByThen && stateOf(target).dataset.state === 'saved') unsaved.delete(target);
});
setInterval(() => {
  for (const form of unsaved.keys()) {
    if (stateOf(form).dataset.state === 'offline') form.dispatchEvent(new Event('change', { bubbles: true }));
  }
}, AGAIN_MS);
document.addEventListener('submit', () => unsaved.clear());
window.addEventListener('beforeunload', (event) => {
  if (unsaved.size) event.preventDefault();
});
