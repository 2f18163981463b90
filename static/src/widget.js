/** One offer on screen: shown, accepted or declined, gone. */

import { acceptOffer } from './accept.js';
import { log } from './events.js';
import { createFrame } from './frame.js';
import { guarded, later } from './guard.js';
import { rememberAccepted, rememberDeclined } from './history.js';
import { newUuid } from './random.js';

/** @typedef {import('./types.js').Content} Content */
/** @typedef {import('./types.js').Decision} Decision */

const CONFIRMATION_MS = 5000;
const LONGEST_TIMER_MS = 2 ** 31;

/**
 * @param {Decision} decision
 * @param {Content} content
 * @param {HTMLElement | null} slot
 * @param {() => void} expose called before anything is logged of what the shopper does
 * @param {() => void} onDecline
 */
export function createWidget(decision, content, slot, expose, onDecline) {
  const { messages } = content;
  const idempotencyKey = newUuid();
  const actions = { accept: guarded(accept), decline: guarded(decline), openTerms: guarded(openTerms) };
  const frame = createFrame(content, slot, actions);
  let isShown = false;
  let isBusy = false;
  let isGone = false;
  let acceptedAt = 0;

  const left = Date.parse(content.deadline_at || '') - Date.now();
  if (left < LONGEST_TIMER_MS) later(() => (isShown ? frame.expire() : vanish()), left);

  function openTerms() {
    expose();
    log('click', decision, { target: 'terms' });
  }

  function decline() {
    if (isBusy || isGone) return;
    expose();
    isGone = true;
    frame.close();
    if (acceptedAt) return;
    log('decline', decision);
    rememberDeclined();
    onDecline();
  }

  /** @param {number} [quantity] of a tier */
  async function accept(quantity) {
    if (isBusy || isGone || acceptedAt) return;
    expose();
    isBusy = true;
    frame.say(isBusy);
    log('click', decision, { target: 'accept' });
    const reason = await acceptOffer(decision, idempotencyKey, quantity);
    isBusy = false;
    if (reason) {
      log('accept_failed', decision, { reason });
      frame.say(isBusy, messages[reason] || messages.failed);
    } else {
      acceptedAt = Date.now();
      log('accept', decision, { quantity });
      rememberAccepted(decision.experiment);
      frame.confirm();
    }
  }

  /** Take it away without a word. */
  function vanish() {
    if (isGone) return;
    isGone = true;
    frame.close();
  }

  return {
    place: frame.place,
    vanish,

    /** @returns {boolean} whether it really is on screen */
    show: () => (isShown = !isGone && frame.show()),

    /** @returns {boolean} true while it is being accepted or has just been */
    isHeld: () => isBusy || Date.now() - acceptedAt < CONFIRMATION_MS,
  };
}
