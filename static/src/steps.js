/** Steps of the checkout: the page tells of them, or a change of a field inside `[data-upsell-<step>]` does. */

import { emit, later, listen } from './guard.js';

/** @type {Record<string, boolean>} */
const reached = {};

/** @param {string} step delivery (chosen) or payment (its step reached, or a method toggled) */
export function reach(step) {
  reached[step] = true;
  emit(step, {});
}

/**
 * Call back now where the step was reached before, and whenever it is.
 * @param {string} step
 * @param {() => void} callback
 * @returns {() => void} stops it
 */
export function whenReached(step, callback) {
  if (reached[step]) later(callback, 0);
  return listen(document, 'upsell:' + step, callback);
}

/** Watch the fields of the page. */
export function watchSteps() {
  listen(document, 'change', ({ target }) => {
    for (const step of ['delivery', 'payment']) if (target.closest?.(`[data-upsell-${step}]`)) reach(step);
  });
}
