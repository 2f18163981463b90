/** Steps of the checkout: the page tells of them, or a change of a field inside `[data-upsell-<step>]` does. */

import { emit, listen } from './guard.js';

/** @param {string} step delivery (chosen) or payment (its step reached, or a method toggled) */
export const reach = (step) => emit(step, {});

/** Watch the fields of the page. */
export function watchSteps() {
  listen(document, 'change', ({ target }) => {
    for (const step of ['delivery', 'payment']) if (target.closest?.(`[data-upsell-${step}]`)) reach(step);
  });
}
