/** What is said once an offer is accepted or taken back. */

import { element } from './elements.js';

/** @typedef {import('./types.js').Decision} Decision */
/** @typedef {import('./types.js').Adapter} Adapter */
/** @typedef {import('./types.js').Drawn} Drawn */

const FRESH_MS = 10000;

/** @param {Decision} decision @returns {boolean} whether it was accepted just now, maybe before a reload */
export const isFresh = ({ accepted }) => Date.now() - (accepted?.at || 0) < FRESH_MS;

/**
 * What was done, and what the order comes to now where the page has told it.
 * @param {string | undefined} text
 * @param {Decision} decision
 * @param {any} added what the page's adapter has resolved to
 */
export function withTotal(text = '', { content }, added) {
  const total = content?.messages.total;
  return text + (total && added?.total_text ? ' ' + total.replace('{total}', added.total_text) : '');
}

/**
 * Put the focus there, unless the shopper has it elsewhere in the page by now.
 * @param {HTMLElement} target
 */
export function takeFocus(target) {
  const { host } = /** @type {ShadowRoot} */ (target.getRootNode());
  if (document.activeElement == host || document.activeElement == document.body) target.focus({ preventScroll: true });
}

/**
 * Say that it was added, and nothing else; a layout that can take it back stays where the page can, too.
 * @param {Drawn} frame
 * @param {Decision} decision
 * @param {Adapter} [undo]
 */
export function acknowledge(frame, decision, undo) {
  frame.setAttribute('aria-busy', 'false');
  if (undo && frame.settle) return frame.settle(decision, undo);
  const { accepted } = decision;
  const done = element('p.done', withTotal(accepted?.text, decision, accepted?.added), { role: 'status', tabIndex: -1 });
  const sheet = 'showModal' in frame ? /** @type {Element} */ (frame.firstElementChild) : frame;
  sheet.textContent = '';
  sheet.append(done);
  takeFocus(done);
}
