/** Part: what was accepted on an earlier page, for as long as it is in the cart. */

import { isFresh } from '../confirmation.js';
import { guarded } from '../guard.js';

/** @typedef {import('../types.js').Decision} Decision */

/** The moment at which the order is placed, and the page's cart empty. */
const AFTER_ORDER = 'confirmation';

/** @type {import('../types.js').Part['drawing']} */
export const drawing = { resume: guarded(resume) };

/**
 * Whether it is still in the page's cart: the shopper may have taken it out there.
 * @param {Decision} decision
 * @param {any} cart
 */
function isIn({ accepted }, cart) {
  const [line] = accepted?.acceptance?.lines || [];
  for (const { sku } of cart?.items || []) if (sku && (sku == line?.sku || sku == line?.external_id)) return true;
  return false;
}

/**
 * An offer that was accepted on an earlier page: its checkbox stays, and a confirmation that a reload has cut off is
 * given again.
 * @type {import('../types.js').Keeping['resume']}
 */
async function resume(decision, cart, draw, arrive) {
  const { moment, content, parts } = decision;
  if (!(await arrive(parts))) return;
  /** @type {HTMLElement | null} */
  const slot = document.querySelector(`[data-upsell-slot="${moment}"]`);
  if (!content || !slot || slot.querySelector('[data-upsell-widget]')) return;
  const inCart = isIn(decision, cart);
  const isJustDone = isFresh(decision) && (inCart || moment == AFTER_ORDER);
  if (!isJustDone && !(inCart && content.layout == 'bump')) return;
  const widget = draw(decision, true, Date, Date);
  widget.place(slot);
  widget.confirm(decision);
}
