/** Amounts as the page's language writes them. */

/**
 * @param {number} total in the currency's own units
 * @param {string} currency ISO 4217
 */
export const totalOf = (total, currency) =>
  new Intl.NumberFormat(document.documentElement.lang || undefined, { style: 'currency', currency }).format(total);
