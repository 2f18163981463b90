/** A shop's decimal amounts <-> minor units, by ISO 4217. */

const DECIMALS = new Map([
  ...'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'.split(' ').map((code) => [code, 0]),
  ...'BHD IQD JOD KWD LYD OMR TND'.split(' ').map((code) => [code, 3]),
  ...'CLF UYW'.split(' ').map((code) => [code, 4]),
]);

/** @param {string} currency */
const unitsOf = (currency) => 10 ** (DECIMALS.get(currency) ?? 2);

/** @param {string | number} amount @param {string} currency */
export const minorOf = (amount, currency) => Math.round(Number(amount) * unitsOf(currency));

/** @param {number} minor @param {string} currency */
export const amountOf = (minor, currency) => String(minor / unitsOf(currency));
