/**
 * The offers of a page view, one at a time. Which one is shown must not depend on variants: a control takes its turn,
 * counts for the caps and keeps others away just as if it had been shown. Otherwise a test at one moment would change
 * whom a test at another moment sees.
 */

import { log } from './events.js';
import { guarded } from './guard.js';
import { isExitSpent, rememberShown, spendExit } from './history.js';
import { brought } from './parts.js';
import { slotVisible } from './triggers/slot_visible.js';
import { createWidget } from './widget.js';

/** @typedef {import('./types.js').Decision} Decision */
/** @typedef {{isHeld: () => boolean | undefined, withdraw: () => unknown, clear: () => void}} Offer */

/** By moment. @type {Record<string, Offer>} */
const offers = {};
/** How many more may be shown until the store's caps are reached. */
let left = 0;
/** Whether an inline offer has its place in the page; the others wait until they are shown. */
let isPlaced = false;
/** Whether an offer of this page view was shown. */
let isTaken = false;

/**
 * Clear the stage for the next page view; an offer that is being accepted, or has just been, stays.
 * @param {number} [offersLeft] until the caps are reached
 */
export function clearOffers(offersLeft = 99) {
  for (const [moment, offer] of Object.entries(offers)) {
    if (offer.isHeld()) continue;
    offer.clear();
    delete offers[moment];
  }
  left = offersLeft;
  isPlaced = isTaken = false;
}

/**
 * The trigger that the edge names; one that no part has brought fires like a visible slot.
 * @param {Decision} decision
 */
const triggerOf = ({ trigger }) => brought.triggers[trigger?.kind || ''] || slotVisible;

/** @param {string} moment */
export const hasOffer = (moment) => !!offers[moment];

/**
 * Why an offer can't be shown now, though its trigger has fired: another inline one was (an exit offer comes in its
 * place), one is just being accepted, or the caps are reached.
 * @param {HTMLElement | null} slot
 */
function obstacle(slot) {
  if (left < 1) return 'capped';
  /** @type {boolean | undefined} */
  let isBusy = isTaken && !!slot;
  for (const offer of Object.values(offers)) isBusy = isBusy || offer.isHeld();
  return isBusy && 'one_at_a_time';
}

/**
 * Wait for the trigger; it never depends on whether there is something to show. A shopper who is quicker than the
 * trigger is exposed by what they do.
 * @param {Decision} decision
 * @param {HTMLElement | null} slot
 * @param {() => void} endPage
 */
export function arm(decision, slot, endPage) {
  let isExposed = false;
  const { moment, content } = decision;
  const widget = content && guarded(createWidget)(decision, content, slot, expose, endPage);
  if (content && !widget) log('error', decision);
  const disarm = triggerOf(decision)(slot, fire, () => {
    if (!isPlaced) widget?.place();
    isPlaced = true;
  });
  const remove = () => widget?.vanish();
  const mine = (offers[moment] = {
    isHeld: () => widget?.isHeld(),
    withdraw: () => slot && remove(),
    clear() {
      disarm();
      remove();
    },
  });

  /** An exit offer has no slot. */
  function fire() {
    if (!slot && isExitSpent()) return;
    if (!slot) spendExit();
    expose();
  }

  function expose() {
    if (isExposed) return;
    isExposed = true;
    disarm();
    const reason = obstacle(slot);
    if (reason) {
      remove();
      log('skipped', decision, { reason });
      return;
    }
    for (const offer of Object.values(offers)) if (offer != mine) offer.withdraw();
    isTaken = true;
    left--;
    log('exposure', decision);
    rememberShown();
    if (widget?.show()) log('impression', decision);
  }
}
