/** What the page may ask for: `upsell(name, ...)`. */

import { adapters } from './accept.js';
import { hasConsent, setConsent } from './consent.js';
import { convert, flush } from './events.js';
import { emit, guarded, later, replay } from './guard.js';
import { rememberFriction } from './history.js';
import { visitorId } from './identity.js';
import { take } from './offers.js';
import { endPage, resumePage, startConfirmation, startPage } from './page.js';
import { reach } from './steps.js';

/** @typedef {(id: string) => void} VisitorCallback */

/** Callbacks that wait for consent. @type {VisitorCallback[]} */
let waiting = [];

function tellVisitor() {
  if (!hasConsent()) return;
  const callbacks = waiting;
  waiting = [];
  for (const callback of callbacks) guarded(callback)(visitorId());
}

/** @param {VisitorCallback} callback gets the visitor id, once there is consent */
function visitor(callback) {
  waiting[waiting.length] = callback;
  later(tellVisitor, 0);
}

/** @param {boolean} value */
function consent(value) {
  const isGiven = !!value;
  if (!isGiven) endPage();
  if (isGiven == hasConsent()) return;
  setConsent(isGiven);
  emit('consent', { isGiven });
  if (!isGiven) return;
  guarded(flush)();
  resumePage();
  tellVisitor();
}

/** @param {string} kind payment_error, support or return */
function friction(kind) {
  rememberFriction(kind);
  endPage();
}

/** @type {Record<string, (value: any) => unknown>} */
const COMMANDS = {
  page: startPage,
  accept: (adapter) => (adapters.accept = adapter),
  undo: (adapter) => (adapters.undo = adapter),
  delivery: () => reach('delivery'),
  payment: () => reach('payment'),
  order: startConfirmation,
  convert: (order) => visitor(() => convert(order)),
  consent,
  friction,
  taken: take,
  visitor,
  replay,
  told: replay, // the older name: pages and adapters ask by it
};

/**
 * @param {string} name
 * @param {unknown} [value]
 */
export const run = guarded((/** @type {string} */ name, /** @type {unknown} */ value) => {
  const command = COMMANDS[name];
  if (!command) throw new Error('no command ' + name);
  command(value);
});
