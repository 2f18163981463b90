/** @param {string} currency ISO 4217 @returns {number} how many decimals its amounts have */
export function decimalsOf(currency) {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions();
  return format.maximumFractionDigits ?? 2;
}
