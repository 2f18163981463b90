/* A draft's page: its sections save themselves (autosave.js). Here is what only this page has: a copy of what couldn't be
   sent, fields that other sections draw again, and a launch that waits for all of it. */

'use strict';

const state = document.getElementById('save-state');
const launchForm = document.getElementById('launch-form');
/** Sections in which something was typed since the page was opened. */
const touched = new Set();
let isLaunching = false;
/** The section whose answer is being put into the page. */
let answered;

const copyKey = (name) => `builder:${location.pathname}:${name}`;
const entriesOf = (form) => [...new FormData(form)].filter(([, value]) => typeof value === 'string');

const autosave = new Autosave({
  forms: 'form[data-section]',
  nameOf: (form) => form.dataset.section,
  stateOf: () => state,
  againAfter: ['offline', 'refused'],
  isOutside: (field) => field.type === 'search',
  onTyping: noteTyping,
  mayLeave: () => isLaunching,
});
const { unsaved } = autosave;
const formOf = (name) => autosave.formOf(name);
const say = (kind) => autosave.say(null, kind);

/* Storage may be full or forbidden: then only the page itself has what was typed. */
function store(name, entries) {
  try {
    if (entries) localStorage.setItem(copyKey(name), JSON.stringify(entries));
    else localStorage.removeItem(copyKey(name));
  } catch { /* see above */ }
}

function stored(name) {
  try {
    return JSON.parse(localStorage.getItem(copyKey(name)));
  } catch {
    return null;
  }
}

function noteTyping(form) {
  touched.add(form.dataset.section);
  store(form.dataset.section, entriesOf(form));
}

function noteAnswer({ detail }) {
  const { xhr } = detail;
  const name = autosave.nameOf(xhr);
  if (!name) return;
  const became = detail.successful && xhr.getResponseHeader('X-Section-State');
  if (!became) return fail(name, xhr.status ? 'refused' : 'offline');
  if (autosave.hasMore(xhr)) return;
  if (became === 'changed_meanwhile') {
    isLaunching = false;
    unsaved.delete(name);
    return say('changed');
  }
  unsaved.delete(name);
  store(name, null);
  markFields(formOf(name));
  if (name === 'question') showName();
  if (detail.pathInfo.requestPath.endsWith('/offer/')) showChosenOffer(formOf(name));
  if (unsaved.size) return;
  say(became);
  // once: of the answers that come after it, none may send the form again
  if (isLaunching) { isLaunching = false; launchForm.requestSubmit(); }
}

function fail(name, kind) {
  isLaunching = false;
  if (!unsaved.has(name)) autosave.note(name);
  say(kind);
}

/* A new offer is chosen by the server: the preview hears of it here. */
function showChosenOffer(form) {
  form?.querySelector('[name="offer"]:checked')?.dispatchEvent(new Event('change', { bubbles: true }));
}

function showName() {
  const name = formOf('question')?.elements.name.value;
  if (name) document.getElementById('builder-name').textContent = name;
}

/* The notes come with the answer; whoever can't see them hears from the field that it has one. */
function markFields(form) {
  for (const field of form?.elements ?? []) {
    if (!field.id) continue;
    if (document.getElementById(`${field.id}_error`)) field.setAttribute('aria-invalid', 'true');
    else field.removeAttribute('aria-invalid');
  }
}

function fillIn(fields, entries) {
  const values = new Map();
  for (const [name, value] of entries) values.set(name, [...(values.get(name) ?? []), value]);
  for (const field of fields) {
    if (!field.name || field.name === 'csrfmiddlewaretoken') continue;
    if (field.type === 'radio' || field.type === 'checkbox') field.checked = (values.get(field.name) ?? []).includes(field.value);
    else if (values.has(field.name) && field.type !== 'submit') field.value = values.get(field.name)[0];
  }
}

/* A section's answer draws fields of others again, as they were stored when it was written. What somebody has chosen
   there may be on its way: drawn over, it would be lost, and what was stored before would be sent in its place. */
function keepChosen({ target, detail }) {
  const form = target.closest('form[data-section]');
  const name = form?.dataset.section;
  if (name === answered || !touched.has(name)) return;
  fillIn(detail.fragment.querySelectorAll('input, select, textarea'), entriesOf(form));
}

/* What an earlier visit typed and couldn't send: it was filled in upon the version that it says, so that nothing newer
   is overwritten without a question. */
function restore(root) {
  for (const form of root.querySelectorAll('form[data-section]')) {
    const entries = stored(form.dataset.section);
    if (!entries) continue;
    fillIn(form.elements, entries);
    autosave.note(form.dataset.section);
    form.dispatchEvent(new Event('change', { bubbles: true }));
    say('restored');
  }
}

/* The fields of second offers come once they are opened: those in which something waits are opened at once. */
function openUnsent() {
  for (const part of document.querySelectorAll('.second-offer')) if (stored(part.id)) part.open = true;
}

document.addEventListener('htmx:beforeSwap', ({ detail }) => { answered = autosave.nameOf(detail.xhr); });
document.addEventListener('htmx:oobBeforeSwap', keepChosen);
document.addEventListener('htmx:afterRequest', noteAnswer);
document.addEventListener('click', ({ target }) => {
  const discarding = target.closest?.('[data-discard]');
  if (!discarding) return;
  store(discarding.dataset.discard, null);
  unsaved.delete(discarding.dataset.discard);
});
/* Nothing is launched before all that was typed is saved. */
launchForm?.addEventListener('submit', (event) => {
  if (event.submitter?.name === 'overwrite' || !unsaved.size) return;
  event.preventDefault();
  isLaunching = true;
  say('waiting');
  autosave.sendAgain();
});
/* A section that the bar leads to is opened. */
function openTarget() {
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const details = target?.matches?.('details') ? target : target?.querySelector?.('.builder-details:not(.second-offer)');
  details?.setAttribute('open', '');
}
window.addEventListener('hashchange', openTarget);
openTarget();
restore(document);
openUnsent();
document.addEventListener('htmx:load', ({ detail }) => restore(detail.elt));
