/**
 * Whether a token is a store's own, and whether a line of a cart is what it accepts: the same rules as the server's,
 * which has the last word when the order arrives.
 */

import { Json, Kind, NOTHING, parse } from './json';
import { STATE_SIZE, blocksOf, hmac } from './sha256';
import { Text } from './text';

/** `{"alg":"HS256","typ":"JWT"}`: what all our tokens begin with, so that none can choose an algorithm. */
const HEADER = 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.';
const ISSUER = 'offerlift';
const DOT = 46;
const SIGNATURE_LENGTH = 43; // 32 bytes
/** The day begins at UTC+14 first: before that it isn't today anywhere. */
const EARLIEST_START_S: i64 = 14 * 3600;
const DIGEST = memory.data(32);

/** What verifies a store's tokens: a key's states after the inner and the outer block of HMAC. */
export class Key {
  inner: usize;
  outer: usize;

  constructor(given: Json) {
    this.inner = stateOf(given.get('inner'));
    this.outer = stateOf(given.get('outer'));
  }
}

function stateOf(words: Json): usize {
  const state = heap.alloc(STATE_SIZE);
  memory.fill(state, 0, STATE_SIZE);
  let word = words.first;
  for (let at: usize = 0; at < STATE_SIZE && word !== null; at += 4) {
    store<u32>(state + at, <u32>word.text.whole);
    word = word.next;
  }
  return state;
}

/** A line of a cart: `totalMinor` is what the shop asks for all its units. */
export class Line {
  constructor(
    public sku: Json,
    public variantId: Text,
    public productId: Text,
    public quantity: i64,
    public totalMinor: i64,
    public currency: Text,
  ) {}
}

/** Why a line isn't at its accepted price; empty where it is, with that total and how many were accepted at most. */
export class Verdict {
  constructor(
    public code: string,
    public totalMinor: i64 = 0,
    public sku: Json = NOTHING,
    public limit: i64 = 0,
  ) {}
}

/** The value of a character of base64url; -1 of any other. */
@inline
function sixOf(byte: i32): i32 {
  if (byte >= 97 && byte <= 122) return byte - 71;
  if (byte >= 65 && byte <= 90) return byte - 65;
  if (byte >= 48 && byte <= 57) return byte + 4;
  if (byte == 45) return 62;
  return byte == 95 ? 63 : -1;
}

/** The bytes of a base64url text; none at all of what isn't one. */
function bytesOf(text: Text): Text {
  const bytes = heap.alloc((text.length * 3) / 4 + 1);
  let kept: u32 = 0;
  let bits = 0;
  let length = 0;
  for (let place = 0; place < text.length; place++) {
    const six = sixOf(text.at(place));
    if (six < 0) return new Text(bytes, 0);
    kept = (kept << 6) | six;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      store<u8>(bytes + length++, kept >>> bits);
    }
  }
  return new Text(bytes, length);
}

/** Whether it begins as our tokens do, and is long enough to have a signature. */
export const isToken = (token: Text): bool => token.beginsWith(HEADER) && token.length > HEADER.length + SIGNATURE_LENGTH;

/** How many blocks are hashed to verify a token with one key. */
export const workOf = (token: Text): i32 => blocksOf(token.length - SIGNATURE_LENGTH - 1) + 1;

/** Whether the key has signed the token. */
export function isSigned(token: Text, key: Key): bool {
  const end = token.lastIndexOf(DOT);
  const signature = bytesOf(token.part(end + 1, token.length));
  if (signature.length != 32) return false;
  hmac(key.inner, key.outer, token.part(0, end), DIGEST);
  for (let at: usize = 0; at < 32; at += 4) {
    if (bswap(load<u32>(signature.start + at)) != load<u32>(DIGEST + at)) return false;
  }
  return true;
}

/** What a signed token says; nothing of one for something else. */
export function claimsOf(token: Text, audience: Text): Json {
  const claims = parse(bytesOf(token.part(HEADER.length, token.lastIndexOf(DOT))));
  const isOurs = claims.get('iss').text.is(ISSUER) && claims.get('aud').text.equals(audience);
  return isOurs && claims.get('lines').kind == Kind.List ? claims : NOTHING;
}

/** Whether a token had expired before the day began, wherever that is: a Function knows the shop's date and no time. */
export const isOfPastDay = (claims: Json, today: Text): bool =>
  claims.get('exp').text.whole < daysSince1970(today) * 86400 - EARLIEST_START_S;

/** The days from 1970 to a date such as `2026-11-30`, by the Gregorian calendar. */
function daysSince1970(date: Text): i64 {
  const month = date.part(5, 7).whole;
  const year = date.part(0, 4).whole - (month < 3 ? 1 : 0);
  const dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + date.part(8, 10).whole - 1; // from March on
  return year * 365 + year / 4 - year / 100 + year / 400 + dayOfYear - 719468;
}

/** Compare what a token accepts with a line. `visitor` is nothing where the cart names none. */
export function compared(claims: Json, line: Line, visitor: Json): Verdict {
  const subject = claims.get('sub');
  // What a customer accepted in a message names the customer ("c:"): in whichever browser they order it.
  const isAnybodys = !visitor.isThere || subject.text.beginsWith('c:');
  if (!isAnybodys && !subject.equals(visitor)) return new Verdict('wrong_visitor');
  const parts = partsOf(claims.get('lines'), line);
  if (!parts.length) return new Verdict('wrong_product');
  let limit: i64 = 0;
  for (let at = 0; at < parts.length; at++) limit += wholeOf(parts[at], 'quantity');
  if (line.quantity > limit) return new Verdict('wrong_quantity');
  if (!line.currency.equals(claims.get('currency').text)) return new Verdict('wrong_currency');
  return priced(claims, line, parts, limit);
}

const wholeOf = (part: Json, name: string): i64 => part.get(name).text.whole;

/** Find the price that was accepted for so many units. A discount only lowers: of several, the highest that the shop allows. */
function priced(claims: Json, line: Line, parts: Json[], limit: i64): Verdict {
  const rounding = line.quantity / 2; // prices of one are rounded
  const highest = line.totalMinor + rounding;
  const isTier = wholeOf(claims, 'quantity') > 1;
  const isWhole = line.quantity == limit;
  let best: i64 = isWhole ? totalOf(parts) : -1;
  if (best > highest) best = -1;
  let isAtPrice = false;
  for (let at = 0; at < parts.length; at++) {
    const total = wholeOf(parts[at], 'price_minor') * line.quantity;
    if (abs(total - line.totalMinor) <= rounding) isAtPrice = true;
    // The price of a tier was for all its units; its dearer part may stand alone, as a line of its own.
    const isOffered = !isTier || isWhole || wholeOf(parts[at], 'quantity') == line.quantity;
    if (isOffered && total <= highest && total > best) best = total;
  }
  if (best >= 0) return new Verdict('', best, parts[0].get('sku'), limit);
  return new Verdict(isAtPrice ? 'wrong_quantity' : 'wrong_price');
}

function totalOf(parts: Json[]): i64 {
  let total: i64 = 0;
  for (let at = 0; at < parts.length; at++) total += wholeOf(parts[at], 'price_minor') * wholeOf(parts[at], 'quantity');
  return total;
}

/** What was accepted of the line's product; of a variant rather than of its product. */
function partsOf(accepted: Json, line: Line): Json[] {
  const parts: Json[] = [];
  const exact: Json[] = [];
  let part = accepted.first;
  while (part !== null) {
    if (isSameProduct(part, line)) {
      parts.push(part);
      if (part.get('external_id').text.equals(line.variantId)) exact.push(part);
    }
    part = part.next;
  }
  return exact.length ? exact : parts;
}

/** By the variant's ID where both say it, else by SKU: variants of one product have that product's ID in common. */
function isSameProduct(part: Json, line: Line): bool {
  const id = part.get('external_id').text;
  if (id.length == 0) return part.get('sku').equals(line.sku);
  if (id.equals(line.variantId)) return true;
  return id.equals(line.productId) && (line.sku.text.length == 0 || part.get('sku').equals(line.sku));
}
