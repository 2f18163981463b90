/** What the snippet tells the page, as an analytics tool wants to hear it. */

import { guarded, listen } from '../../guard.js';
import { decimalsOf } from './decimals.js';
import { ask } from './queue.js';

/** @typedef {{sku: string, name: string, quantity: number, price: number}} Product the price is of one, in the currency */
/** @typedef {{id: string, name: string, variant: string, moment: string, currency: string, products: Product[]}} Promotion */
/** @typedef {'viewed' | 'clicked' | 'added' | 'removed'} What */

/**
 * @param {any} detail of an event of the snippet
 * @returns {Promotion} what is offered, or what was accepted once it was
 */
function promotionOf({ experiment, variant, moment, content, acceptance }) {
  const currency = acceptance?.currency || content.price.currency;
  const unit = 10 ** decimalsOf(currency);
  const titles = Object.fromEntries((content.items || []).map((/** @type {any} */ { sku, title }) => [sku, title]));
  const lines = acceptance?.lines || content.items || [];
  const products = lines.map((/** @type {any} */ { sku, quantity, price_minor, price }) => ({
    sku,
    name: titles[sku] || sku,
    quantity,
    price: (price_minor ?? price.minor / quantity) / unit,
  }));
  return { id: experiment, name: content.headline, variant, moment, currency, products };
}

/**
 * An impression is a promotion viewed, a press on accept one clicked; products are added once the cart has them:
 * `upsell:added`, which the store adapters tell, or `upsell:accepted`, which follows whoever has added them. What is taken
 * back is removed.
 * @param {(what: What, promotion: Promotion) => void} tell
 */
export function mirror(tell) {
  /** Accepted, and not in the cart yet. @type {any} */
  let accepted;

  const hear = guarded((/** @type {CustomEvent} */ { type, detail }) => {
    if (type == 'upsell:impression') tell('viewed', promotionOf(detail));
    if (type == 'upsell:click' && detail.props.target == 'accept') tell('clicked', promotionOf(detail));
    if (/:(added|accepted)$/.test(type) && accepted) tell('added', promotionOf(accepted));
    if (type == 'upsell:decline') return detail.props.undone && tell('removed', promotionOf(detail));
    if (type != 'upsell:impression') accepted = type == 'upsell:accept' ? detail : undefined;
  });

  for (const type of ['impression', 'click', 'accept', 'accept_failed', 'added', 'accepted', 'decline']) {
    listen(document, 'upsell:' + type, hear);
  }
  // The older name of `replay`: a snippet that a browser has cached may know no other.
  ask('told', hear);
}
