/** What was accepted, product by product: a price that can't be shared out evenly comes as two lines of one product. */

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
 * Whether an amount of the shop's is the accepted one, but for the rounding of a price per unit.
 * @param {Product} product
 * @param {string} currency ISO 4217
 * @param {number} total for all units, in the shop's own units
 * @param {number} decimals of the shop's own units
 */
export function isTotal({ quantity, total_minor }, currency, total, decimals) {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions();
  const minor = total * 10 ** ((format.maximumFractionDigits ?? 2) - decimals);
  return Math.abs(minor - total_minor) < Math.max(quantity, 1) - 1e-6;
}
