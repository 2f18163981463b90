/** What the page shows itself: it hears which arm it is in, and what it has marked with arms is shown or hidden. */

import { emit, listen } from './guard.js';

/** @typedef {import('./types.js').Decision} Decision */

/**
 * Tell the page the arms of its own tests, and show what it has marked for them.
 * @param {Decision[]} [decisions] none where nothing was decided, or not in time
 */
export function showArms(decisions = []) {
  for (const { moment, page } of decisions) {
    if (page) emit('variant', { moment, experiment: page.test, variant: page.arm });
  }
  mark(decisions);
  // a page that names its moments may be answered before all of it is there
  if (document.readyState == 'loading') listen(document, 'DOMContentLoaded', () => mark(decisions));
}

/**
 * An element is shown in the arms that its mark names, `arm` or `test:arm`, and hidden in the other arms of that test;
 * `else` in the mark shows it where no test of its arms was decided. All others stay as they are.
 * @param {Decision[]} decisions
 */
function mark(decisions) {
  /** @type {NodeListOf<HTMLElement>} */
  const marked = document.querySelectorAll('[data-upsell-show]');
  for (const element of marked) {
    const names = /** @type {string} */ (element.dataset.upsellShow).split(/\s+/);
    /** Left as it is where nothing is said of it. @type {boolean | undefined} */
    let isShown = names.includes('else') || undefined;
    for (const { page } of decisions) {
      if (!page) continue;
      const isNamed = (/** @type {string} */ arm) => names.includes(arm) || names.includes(page.test + ':' + arm);
      for (const arm of page.arms) if (isNamed(arm)) isShown = isNamed(page.arm);
    }
    if (isShown != null) element.hidden = !isShown;
  }
}
