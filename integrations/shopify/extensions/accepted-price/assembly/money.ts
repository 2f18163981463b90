/** A shop's decimal amounts <-> minor units, by ISO 4217. */

import { Text } from './text';

const NO_DECIMALS = 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF';
const THREE_DECIMALS = 'BHD IQD JOD KWD LYD OMR TND';
const FOUR_DECIMALS = 'CLF UYW';

export function decimalsOf(currency: Text): i32 {
  if (isAmong(currency, NO_DECIMALS)) return 0;
  if (isAmong(currency, THREE_DECIMALS)) return 3;
  return isAmong(currency, FOUR_DECIMALS) ? 4 : 2;
}

/** Whether a code of three letters is in a list with spaces between. */
function isAmong(code: Text, codes: string): bool {
  for (let at = 0; at < codes.length; at += 4) if (code.is(codes.substr(at, 3))) return true;
  return false;
}

/** `12.5` EUR are 1250. Amounts are not negative; what is beyond the currency's decimals is rounded half up. */
export function minorOf(amount: Text, decimals: i32): i64 {
  let minor: i64 = 0;
  let left = -1; // decimals that are still to come, once the point has
  for (let place = 0; place < amount.length && left != 0; place++) {
    const byte = amount.at(place);
    if (byte == 46) {
      left = decimals;
      if (left == 0) return minor + (place + 1 < amount.length && amount.at(place + 1) >= 53 ? 1 : 0);
      continue;
    }
    minor = minor * 10 + (byte - 48);
    if (left > 0 && --left == 0) return minor + (place + 1 < amount.length && amount.at(place + 1) >= 53 ? 1 : 0);
  }
  for (let missing = left < 0 ? decimals : left; missing > 0; missing--) minor *= 10;
  return minor;
}

/** 260 are `2.60` of two decimals. */
export function amountOf(minor: i64, decimals: i32): string {
  const digits = minor.toString().padStart(decimals + 1, '0');
  if (!decimals) return digits;
  return digits.substring(0, digits.length - decimals) + '.' + digits.substring(digits.length - decimals);
}
