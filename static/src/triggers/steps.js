/** Triggers that wait for a step of the checkout. */

import { later, listen } from '../guard.js';
import { slotVisible } from './slot_visible.js';

/** @typedef {import('../types.js').Trigger} Trigger */
/** @typedef {import('../types.js').Upsell} Upsell */

/**
 * Call back soon where the step was reached before, and whenever it is.
 * @param {string} step
 * @param {() => void} callback
 * @returns {() => void} stops it
 */
function whenReached(step, callback) {
  const type = 'upsell:' + step;
  let wasReached = false;
  // The older name of `replay`: a snippet that a browser has cached may know no other.
  /** @type {Window & {upsell?: Upsell}} */ (window).upsell?.('told', (event) => {
    wasReached = wasReached || event.type == type;
  });
  if (wasReached) later(callback, 0);
  return listen(document, type, callback);
}

/**
 * Once the delivery is chosen, the slot has to be visible.
 * @type {Trigger}
 */
export function deliveryChosen(moment, stage) {
  /** @type {(() => void) | undefined} */
  let stop;
  const unlisten = whenReached('delivery', () => (stop = stop || slotVisible(moment, stage)));
  return () => {
    unlisten();
    stop?.();
  };
}

/**
 * The slot is visible, or a method of payment is chosen before.
 * @type {Trigger}
 */
export function paymentStep(moment, stage) {
  const stop = slotVisible(moment, stage);
  const unlisten = whenReached('payment', stage.fire);
  return () => {
    unlisten();
    stop();
  };
}
