/* A journey's page: its forms save themselves (autosave.js), and each says by itself what became of it. */

'use strict';

const stateOf = (form) => form.querySelector('.save-state');
/* What is chosen to be added isn't part of the draft: it saves nothing. */
const isOutside = (field) => Boolean(field?.matches?.('[data-unsaved]'));

const autosave = new Autosave({
  forms: '[data-saves-itself]',
  nameOf: (form) => form.dataset.savesItself,
  stateOf,
  againAfter: ['offline'],
  isOutside,
});

document.addEventListener('htmx:configRequest', (event) => {
  if (isOutside(event.detail.triggeringEvent?.target)) event.preventDefault();
});
document.addEventListener('htmx:afterRequest', ({ target, detail }) => {
  const name = autosave.nameOf(detail.xhr);
  if (!name) return;
  if (!detail.successful) return autosave.say(target, 'offline');
  if (!autosave.hasMore(detail.xhr) && stateOf(target).dataset.state === 'saved') autosave.unsaved.delete(name);
});
document.addEventListener('submit', () => autosave.unsaved.clear());
