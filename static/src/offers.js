/**
 * The offers of a page view, one at a time. Which one is shown must not depend on variants: a control takes its turn,
 * counts for the caps and keeps others away just as if it had been shown. Otherwise a test at one moment would change
 * whom a test at another moment sees.
 */

import { log } from './events.js';
import { guarded } from './guard.js';
import { isExitSpent, rememberShown, spendExit } from './history.js';
import { brought } from './parts.js';
import { placeholderOf, collapse, reserve } from './slots.js';
import { slotVisible } from './triggers/slot_visible.js';
import { createWidget } from './widget.js';

/** @typedef {import('./types.js').Decision} Decision */
/** @typedef {{isHeld: (isAskedAgain?: boolean) => unknown, withdraw: () => unknown, clear: () => void, take: () => void}} Offer */

/** Of the exposures that this version logs: 2 watches the marker, 1 watched for half of the slot. */
const TRIGGER_VERSION = 2;

/** By moment. @type {Record<string, Offer>} */
const offers = {};
/** How many more may be shown until the store's caps are reached. */
let left = 0;
/** The moment whose inline offer has its place in the page; the others wait until they are shown. */
let placed = '';
/** Experiments that have counted in this page view: a cart that draws itself anew asks again. @type {unknown[]} */
let counted = [];

/** Another page view has begun: everything counts again. */
export function startCounting() {
  counted = [];
}

/**
 * Clear the stage for the next decisions; an offer that is being accepted, or has just been, stays.
 * @param {number} [offersLeft] until the caps are reached
 * @param {boolean} [isAskedAgain] the page view goes on
 */
export function clearOffers(offersLeft = 99, isAskedAgain) {
  for (const [moment, offer] of Object.entries(offers)) {
    if (offer.isHeld(isAskedAgain)) continue;
    offer.clear();
    delete offers[moment];
  }
  left = offersLeft - counted.length;
  placed = '';
}

/**
 * The trigger that the edge names; one that no part has brought fires like a visible slot.
 * @param {Decision} decision
 */
const triggerOf = ({ trigger }) => brought.triggers[trigger?.kind || ''] || slotVisible;

/**
 * The page says that the visitor has taken what it shows itself; of our own offers, only an acceptance counts.
 * @param {string} moment
 */
export const take = (moment) => offers[moment]?.take();

/** @param {string} moment */
export const hasOffer = (moment) => offers[moment];

/**
 * Why an offer can't be shown now, though its trigger has fired: another inline one was (an exit offer comes in its
 * place), one is just being accepted, or the caps are reached.
 * @param {Decision} decision
 * @param {boolean} isInline
 */
function obstacle({ experiment }, isInline) {
  const isNew = !counted.includes(experiment);
  if (isNew && left < 1) return 'capped';
  /** @type {unknown} */
  let isBusy = isNew && isInline && !!counted.length;
  for (const offer of Object.values(offers)) isBusy = isBusy || offer.isHeld(true);
  return isBusy && 'one_at_a_time';
}

/**
 * Wait for the trigger; it never depends on whether there is something to show. A shopper who is quicker than the
 * trigger is exposed by what they do.
 * @param {Decision} decision
 * @param {boolean} isInline it has a slot, unlike an exit offer
 * @param {() => void} endPage
 */
export function arm(decision, isInline, endPage) {
  let isExposed = false;
  const { moment, content, experiment, page } = decision;
  /** Whether its slots keep the height that the page reserves: something is to come, or is there. @type {unknown} */
  let isAwaited = content || page;
  const widget = content && guarded(createWidget)(decision, isInline, expose, onDecline);
  if (content && !widget) log('error', decision);
  /** The slot that it is in, or is to be in. @type {HTMLElement | undefined} */
  let home;
  const release = () => isAwaited || collapse(moment);
  const disarm = triggerOf(decision)(moment, { fire, place, release });

  /** @param {HTMLElement} slot */
  function place(slot) {
    const before = home;
    home = slot;
    if (placed && placed != moment) return;
    placed = moment;
    if (!content) return;
    reserve(slot);
    const placeholder = placeholderOf(slot);
    if (!widget?.place(slot)) return giveUp();
    if (!placeholder) return;
    if (before && before != slot) before.append(placeholder);
    else placeholder.remove();
  }

  /** Nothing of ours will be in the slots. */
  function giveUp() {
    isAwaited = page;
    release();
  }

  function remove() {
    widget?.vanish();
    giveUp();
  }

  function onDecline() {
    endPage();
    collapse(moment, true);
  }

  const mine = (offers[moment] = {
    isHeld: (isAskedAgain) => widget?.isHeld(isAskedAgain),
    withdraw: () => isInline && remove(),
    clear() {
      disarm();
      remove();
    },
    take() {
      if (!page) return;
      expose();
      log('accept', decision);
    },
  });

  function fire() {
    if (!isInline && isExitSpent()) return;
    if (!isInline) spendExit();
    expose();
  }

  function expose() {
    if (isExposed) return;
    isExposed = true;
    const reason = obstacle(decision, isInline);
    if (reason) {
      mine.clear();
      log('skipped', decision, { reason });
      return;
    }
    for (const offer of Object.values(offers)) if (offer != mine) offer.withdraw();
    const isNew = !counted.includes(experiment);
    if (isNew) {
      counted[counted.length] = experiment;
      left--;
      log('exposure', decision, { trigger: TRIGGER_VERSION });
      rememberShown();
    }
    if (widget?.show(home || document.body) && isNew) log('impression', decision);
  }
}
