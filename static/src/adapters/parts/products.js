/** What was accepted, product by product: a price that can't be shared out evenly comes as two lines of one product. */

import { Refusal } from './refusal.js';

/** @typedef {{sku: string, external_id: string, quantity: number, total_minor: number}} Product */

/**
 * @param {import('../../types.js').Acceptance} acceptance
 * @returns {Product[]}
 */
export function productsOf({ lines }) {
  /** @type {Record<string, Product>} */
  const products = Object.create(null);
  for (const { sku, external_id = '', quantity, price_minor } of lines) {
    const product = (products[sku] ||= { sku, external_id, quantity: 0, total_minor: 0 });
    product.quantity += quantity;
    product.total_minor += quantity * price_minor;
  }
  return Object.values(products);
}

/**
 * The item that an upgrade takes the place of; nothing where the offer is no upgrade.
 * @template {{quantity: number}} Item
 * @param {Item[]} items of the cart
 * @param {import('../../types.js').Acceptance} acceptance
 * @param {(item: Item, replaced: import('../../types.js').Reference) => boolean} isOf
 * @returns {Item | undefined}
 */
export function replacedOf(items, { replaces, quantity = 1 }, isOf) {
  if (!replaces) return undefined;
  for (const item of items) if (item.quantity >= quantity && isOf(item, replaces)) return item;
  throw new Refusal('offer_ended', `The cart has no ${replaces.sku} any more.`);
}

/**
 * Whether an amount of the shop's is the accepted one, but for the rounding of a price per unit: to less than a minor
 * unit, or to half of the shop's last decimal where it has fewer than the currency.
 * @param {Product} product
 * @param {import('../../types.js').Acceptance} acceptance
 * @param {number} total for all units, in the shop's own units
 * @param {number} shopDecimals of the shop's own units
 */
export function isTotal({ quantity, total_minor }, { decimals = 2 }, total, shopDecimals) {
  const unit = 10 ** (decimals - shopDecimals);
  const tolerance = Math.max(1 - 1e-6, unit / 2 + 1e-6);
  return Math.abs(total * unit - total_minor) < Math.max(quantity, 1) * tolerance;
}
