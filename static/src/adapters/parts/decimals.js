/**
 * Decimals by ISO 4217, as the edge has them (`experiments/money.py`). `Intl` doesn't tell: it follows CLDR, in which
 * forint and rupiah have none.
 */

/** @type {Record<string, number>} */
const DECIMALS = {};
for (const code of 'BIFCLPDJFGNFISKJPYKMFKRWPYGRWFUGXUYIVNDVUVXAFXOFXPF'.match(/.../g) || []) DECIMALS[code] = 0;
for (const code of 'BHDIQDJODKWDLYDOMRTND'.match(/.../g) || []) DECIMALS[code] = 3;
DECIMALS.CLF = DECIMALS.UYW = 4;

/** @param {string} currency ISO 4217 @returns {number} how many decimals its amounts have */
export const decimalsOf = (currency) => DECIMALS[currency] ?? 2;
