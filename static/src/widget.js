/** One offer on screen: shown, accepted or declined, gone. */

import { acceptOffer } from './accept.js';
import { log } from './events.js';
import { guarded, later } from './guard.js';
import { acceptedElsewhere, forgetAccepted, rememberAccepted, rememberDeclined } from './history.js';
import { brought } from './parts.js';
import { newUuid } from './random.js';

/** @typedef {import('./types.js').Content} Content */
/** @typedef {import('./types.js').CreateFrame} CreateFrame */
/** @typedef {import('./types.js').Decision} Decision */

const CONFIRMATION_MS = 5000;
const LONGEST_TIMER_MS = 2 ** 31;

/**
 * @param {Decision} decision
 * @param {Content} content
 * @param {boolean} isInline
 * @param {() => void} expose called before anything is logged of what the shopper does
 * @param {() => void} onDecline
 */
export function createWidget(decision, content, isInline, expose, onDecline) {
  const { messages } = content;
  let idempotencyKey = newUuid();
  const actions = {
    accept: guarded(accept),
    decline: guarded(decline),
    openTerms: guarded(openTerms),
    release: guarded(release),
  };
  const frame = /** @type {CreateFrame} */ (brought.createFrame)(content, isInline, actions, brought);
  let isShown = false;
  let isBusy = false;
  let isGone = false;
  let acceptedAt = decision.accepted?.at || 0;

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

  /**
   * @param {number} [quantity] of a tier
   * @param {string} [text] what is said of it then
   */
  async function accept(quantity, text = messages.added) {
    if (isBusy || isGone || acceptedAt) return;
    expose();
    const elsewhere = acceptedElsewhere(decision.experiment);
    if (elsewhere) {
      acceptedAt = Date.now();
      frame.confirm(elsewhere);
      return;
    }
    isBusy = true;
    frame.say(isBusy);
    log('click', decision, { target: 'accept' });
    const outcome = await acceptOffer(decision, idempotencyKey, quantity);
    const { reason } = outcome;
    isBusy = false;
    if (reason) {
      log('accept_failed', decision, { reason });
      frame.say(isBusy, messages[reason] || messages.failed);
    } else {
      acceptedAt = Date.now();
      log('accept', decision, { quantity });
      const accepted = { ...outcome, text, at: acceptedAt };
      const kept = { ...decision, accepted };
      rememberAccepted(kept);
      frame.confirm(kept);
    }
  }

  /** It was taken back, and can be accepted again. */
  function release() {
    acceptedAt = 0;
    idempotencyKey = newUuid();
    forgetAccepted(decision.experiment);
    log('decline', decision, { undone: true });
  }

  /** Take it away without a word. */
  function vanish() {
    if (isGone || (acceptedAt && frame.stays())) return;
    isGone = true;
    frame.close();
  }

  return {
    vanish,
    confirm: frame.confirm,

    /**
     * @param {HTMLElement} home
     * @returns {boolean} whether it stands there now
     */
    place: (home) => !isGone && frame.place(home),

    /**
     * @param {HTMLElement} home
     * @returns {boolean} whether it really is on screen
     */
    show: (home) => (isShown = !isGone && frame.show(home)),

    /** @returns {boolean} true while it is being accepted or has just been */
    isHeld: () => isBusy || Date.now() - acceptedAt < CONFIRMATION_MS,
  };
}
