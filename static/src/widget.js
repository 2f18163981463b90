/** One offer on screen: shown, accepted or declined, gone. */

import { acceptOffer } from './accept.js';
import { log } from './events.js';
import { createFrame } from './frame.js';
import { guarded } from './guard.js';
import { rememberAccepted, rememberDeclined } from './history.js';
import { newUuid } from './random.js';

/** @typedef {import('./types.js').Content} Content */
/** @typedef {import('./types.js').Decision} Decision */

const CONFIRMATION_MS = 5000;
const FAILED = 'That did not work. Your order is unchanged.';

/**
 * @param {Decision} decision
 * @param {Content} content
 * @param {HTMLElement | undefined} slot
 * @param {() => void} expose called before anything is logged of what the shopper does
 * @param {() => void} onDecline
 */
export function createWidget(decision, content, slot, expose, onDecline) {
  const idempotencyKey = newUuid();
  const actions = { accept: guarded(accept), decline: guarded(decline), openTerms: guarded(openTerms) };
  const frame = createFrame(content, slot, actions);
  let isBusy = false;
  let isDeclined = false;
  let acceptedAt = 0;

  function openTerms() {
    expose();
    log('click', decision, { target: 'terms' });
  }

  function decline() {
    if (isBusy || isDeclined) return;
    expose();
    isDeclined = true;
    if (!acceptedAt) {
      log('decline', decision);
      rememberDeclined();
      onDecline();
    }
    frame.close();
  }

  async function accept() {
    if (isBusy || isDeclined || acceptedAt) return;
    isBusy = true;
    expose();
    frame.say(isBusy, '');
    log('click', decision, { target: 'accept' });
    const reason = await acceptOffer(decision, idempotencyKey);
    isBusy = false;
    if (reason) {
      log('accept_failed', decision, { reason });
      frame.say(isBusy, content.messages?.[reason] || content.messages?.failed || FAILED);
    } else {
      acceptedAt = Date.now();
      log('accept', decision);
      rememberAccepted(decision.experiment);
      frame.confirm();
    }
  }

  return {
    show: frame.show,

    /** @returns {boolean} true while it is being accepted or has just been */
    isHeld: () => isBusy || Date.now() - acceptedAt < CONFIRMATION_MS,

    /** Take it away without a word. */
    remove() {
      isDeclined = true;
      frame.host.remove();
    },
  };
}
