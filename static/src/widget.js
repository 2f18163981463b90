/** One offer on screen: shown, accepted or declined, gone. */

import { acceptOffer } from './accept.js';
import { log } from './events.js';
import { guarded, later } from './guard.js';
import { acceptedElsewhere, forgetAccepted, forgetDeclined, rememberAccepted, rememberDeclined } from './history.js';
import { brought } from './parts.js';
import { newUuid } from './random.js';

/** @typedef {import('./types.js').Content} Content */
/** @typedef {import('./types.js').CreateFrame} CreateFrame */
/** @typedef {import('./types.js').Decision} Decision */
/** @typedef {ReturnType<typeof createWidget>} Widget */

const CONFIRMATION_MS = 5000;
const LONGEST_TIMER_MS = 2 ** 31;

/**
 * @param {Decision} decision with content
 * @param {boolean} isInline
 * @param {() => void} expose called before anything is logged of what the shopper does
 * @param {() => void} onDecline
 */
export function createWidget(decision, isInline, expose, onDecline) {
  const content = /** @type {Content} */ (decision.content);
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
  /** The slot that it is in. @type {HTMLElement | undefined} */
  let home;
  /** The second offer of a sequence, once this one was answered. @type {Widget | undefined} */
  let next;

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
    follow('declined') || (onDecline(), brought.decline?.(decision, home));
  }

  /**
   * Go on with the second offer of a sequence, where there is one after this answer. It needs no exposure, and counts
   * for no cap: it belongs to what the first one was shown for.
   * @param {'accepted' | 'declined'} step
   */
  function follow(step) {
    const content = decision.content?.next?.[step];
    if (!content || !home) return;
    const second = { ...decision, step, content, accepted: undefined };
    const widget = createWidget(second, isInline, Date, onDecline);
    const onShow = () => log('impression', second);
    if (brought.follow?.(second, widget, home, onShow)) next = widget;
    return next;
  }

  /** @param {Decision} kept with what came of it */
  function confirm(kept) {
    frame.confirm(kept);
    follow('accepted');
  }

  /**
   * @param {number} [quantity] of a tier
   * @param {string} [text] what is said of it then
   */
  async function accept(quantity, text = messages.added) {
    if (isBusy || isGone || acceptedAt) return;
    expose();
    const elsewhere = acceptedElsewhere(decision);
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
      // silence begins at the end of a sequence, and this one ends otherwise
      if (decision.step == 'declined') forgetDeclined();
      confirm(kept);
    }
  }

  /** It was taken back, and can be accepted again. */
  function release() {
    acceptedAt = 0;
    idempotencyKey = newUuid();
    forgetAccepted(decision);
    log('decline', decision, { undone: true });
  }

  /** Take it away without a word. */
  function vanish() {
    next?.vanish();
    if (isGone || (acceptedAt && frame.stays())) return;
    isGone = true;
    frame.close();
  }

  return {
    vanish,
    confirm,

    /**
     * @param {HTMLElement} slot
     * @returns {boolean} whether it stands there now
     */
    place: (slot) => !isGone && frame.place((home = slot)),

    /**
     * @param {HTMLElement} slot
     * @returns {boolean} whether it really is on screen
     */
    show: (slot) => (isShown = !isGone && frame.show((home = slot), decision)),

    /**
     * @param {boolean} [isAskedAgain] the page view goes on: then a second offer stays until it is answered
     * @returns {boolean | undefined} true while it is being accepted or has just been
     */
    isHeld: (isAskedAgain) =>
      isBusy ||
      Date.now() - acceptedAt < CONFIRMATION_MS ||
      (isAskedAgain && decision.step && !isGone && !acceptedAt) ||
      next?.isHeld(isAskedAgain),
  };
}
