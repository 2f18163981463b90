/** One offer on screen: shown, accepted or declined, gone. */

import { acceptOffer } from './accept.js';
import { button, CLOSE, element } from './elements.js';
import { log } from './events.js';
import { guarded } from './guard.js';
import { rememberAccepted, rememberDeclined } from './history.js';
import { layoutOf } from './layouts/index.js';
import { newUuid } from './random.js';
import { dress, makeHost } from './shadow.js';

/** @typedef {import('./types.js').Content} Content */
/** @typedef {import('./types.js').Decision} Decision */

const CONFIRMATION_MS = 5000;
const ADDED = 'Added to your order.';
const FAILED = 'That did not work. Your order is unchanged.';


/**
 * Build the widget; inline ones are placed at once, dialogs when they are shown.
 * @param {Decision} decision
 * @param {Content} content
 * @param {HTMLElement | undefined} slot
 * @param {() => void} onDecline
 */
export function createWidget(decision, content, slot, onDecline) {
  const { host, root } = makeHost(decision.moment);
  const messages = content.messages || {};
  const idempotencyKey = newUuid();
  const actions = { accept: guarded(accept), decline: guarded(decline), openTerms };
  const frame = layoutOf(content.layout, !!slot)(content, actions);
  const dialog = frame instanceof HTMLDialogElement ? frame : null;
  const place = slot || document.body;
  let isBusy = false;
  let isDeclined = false;
  let acceptedAt = 0;

  function openTerms() {
    log('click', decision, { target: 'terms' });
  }

  function decline() {
    if (isBusy || isDeclined) return;
    if (!acceptedAt) {
      isDeclined = true;
      log('decline', decision);
      rememberDeclined();
      onDecline();
    }
    close();
  }

  async function accept() {
    if (isBusy || isDeclined || acceptedAt) return;
    setBusy(true);
    say('');
    log('click', decision, { target: 'accept' });
    try {
      await acceptOffer(decision, idempotencyKey);
      acceptedAt = Date.now();
      log('accept', decision);
      rememberAccepted(decision.experiment || '');
      confirm();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      log('accept_failed', decision, { reason });
      say(messages[reason] || messages.failed || FAILED);
    } finally {
      setBusy(false);
    }
  }

  /** @param {boolean} value */
  function setBusy(value) {
    isBusy = value;
    frame.querySelector('.accept')?.setAttribute('aria-busy', String(value));
  }

  /** @param {string} text */
  function say(text) {
    const note = frame.querySelector('.note');
    if (note) note.textContent = text;
  }

  function confirm() {
    const done = element('p', 'done', messages.added || ADDED);
    done.setAttribute('role', 'status');
    done.tabIndex = -1;
    const sheet = dialog?.firstElementChild || frame;
    sheet.textContent = '';
    sheet.append(done);
    if (dialog) sheet.append(button('decline', messages.close || CLOSE, close));
    done.focus({ preventScroll: true });
  }

  /** Leave; a keyboard user who was in an inline widget goes on from where it was. */
  function close() {
    if (dialog) {
      dialog.close();
      host.remove();
      return;
    }
    const hadFocus = root.activeElement;
    frame.remove();
    if (!hadFocus) return;
    host.tabIndex = -1;
    host.focus({ preventScroll: true });
  }

  frame.dir = content.direction || 'ltr';
  frame.setAttribute('aria-label', content.headline);
  dress(frame, content.theme || {}, place);
  root.append(frame);
  if (dialog) {
    dialog.oncancel = (event) => isBusy && event.preventDefault();
    dialog.onclose = actions.decline;
  } else {
    for (const old of slot?.querySelectorAll('[data-upsell-widget]') || []) old.remove();
    slot?.append(host);
  }

  return {
    /**
     * @returns {boolean} whether it really is on screen
     */
    show() {
      if (dialog) {
        place.append(host);
        dialog.showModal();
      }
      const box = frame.getBoundingClientRect();
      return box.width > 0 && box.height > 0;
    },

    /** @returns {boolean} true while it is being accepted or has just been */
    isHeld: () => isBusy || Date.now() - acceptedAt < CONFIRMATION_MS,

    /** Take it away without a word. */
    remove() {
      isDeclined = true;
      host.remove();
    },
  };
}
