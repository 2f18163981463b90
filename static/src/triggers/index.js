/** Triggers by the kind that the edge names; one that this version doesn't know fires like a visible slot. */

import { whenReached } from '../steps.js';
import { exitIntent } from './exit_intent.js';
import { slotVisible } from './slot_visible.js';

/** @typedef {import('../types.js').Trigger} Trigger */

/**
 * Once the delivery is chosen, the slot has to be visible.
 * @type {Trigger}
 */
function deliveryChosen(slot, fire, place) {
  /** @type {(() => void) | undefined} */
  let stop;
  const unlisten = whenReached('delivery', () => (stop = stop || slotVisible(slot, fire, place)));
  return () => {
    unlisten();
    stop?.();
  };
}

/**
 * The slot is visible, or a method of payment is chosen before.
 * @type {Trigger}
 */
function paymentStep(slot, fire, place) {
  const stop = slotVisible(slot, fire, place);
  const unlisten = whenReached('payment', fire);
  return () => {
    unlisten();
    stop();
  };
}

/** @type {Record<string, Trigger>} */
const TRIGGERS = { exit_intent: exitIntent, delivery_chosen: deliveryChosen, payment_step: paymentStep };

/**
 * @param {string | undefined} kind
 * @returns {Trigger}
 */
export const triggerOf = (kind) => TRIGGERS[/** @type {string} */ (kind)] || slotVisible;
