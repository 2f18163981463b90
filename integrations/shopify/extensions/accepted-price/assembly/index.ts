/**
 * A discount that lowers each accepted line of a cart to the price that the store has signed.
 *
 * Shopify runs it for every change of a cart, with nothing but the cart and its own settings. It has no memory and no clock:
 * whether a token was used before, and the minute at which it expires, the server finds when the order arrives.
 */

import { Key, Line, Verdict, claimsOf, compared, isOfPastDay, isSigned, isToken, workOf } from './acceptance';
import { Json, Kind, NOTHING, parse } from './json';
import { amountOf, decimalsOf, minorOf } from './money';
import { readInput, write, writeText } from './stdio';
import { EMPTY, Text } from './text';

/** Different tokens that are looked at in a cart, and blocks that are hashed for them: what keeps the work bounded. */
const MAX_TOKENS = 5;
const MAX_BLOCKS = 200;
const LONGEST_VISITOR = 64;
const OUTPUT = 1;
const LOG = 2;

/** A token of the cart, read once, with what its lines have taken of it. */
class Read {
  takenSkus: Json[] = [];
  taken: i64[] = [];

  constructor(
    public token: Text,
    public claims: Json,
  ) {}

  /** Count a line's units; returns how many are taken of this product now. */
  take(sku: Json, quantity: i64): i64 {
    for (let at = 0; at < this.taken.length; at++) {
      if (this.takenSkus[at].equals(sku)) return (this.taken[at] += quantity);
    }
    this.takenSkus.push(sku);
    this.taken.push(quantity);
    return quantity;
  }
}

const keys: Key[] = [];
const reads: Read[] = [];
let audience: Text = EMPTY;
let today: Text = EMPTY;
let visitor: Json = NOTHING;
let blocks = 0;
let candidates = 0;

export function run(): void {
  const input = parse(readInput());
  write(OUTPUT, '{"operations":[');
  const settings = input.get('discount').get('settings').get('jsonValue');
  if (settings.isThere && isForProducts(input)) {
    prepare(input, settings);
    writeDiscounts(input.get('cart'), settings.get('message').text);
  }
  write(OUTPUT, ']}');
}

function isForProducts(input: Json): bool {
  let kind = input.get('discount').get('discountClasses').first;
  while (kind !== null) {
    if (kind.text.is('PRODUCT')) return true;
    kind = kind.next;
  }
  return false;
}

function prepare(input: Json, settings: Json): void {
  let key = settings.get('keys').first;
  while (key !== null) {
    keys.push(new Key(key));
    key = key.next;
  }
  audience = settings.get('audience').text;
  today = input.get('shop').get('localTime').get('date').text;
  visitor = visitorOf(input.get('cart'));
}

/** The visitor whom the shop's pages have written down; nothing without one, or of what can be none. */
function visitorOf(cart: Json): Json {
  let attribute = cart.get('visitor');
  if (!attribute.isThere) attribute = cart.get('hiddenVisitor');
  if (!attribute.isThere) attribute = cart.get('formerVisitor');
  const value = attribute.get('value');
  const length = value.text.length;
  if (length == 0 || length > LONGEST_VISITOR) return NOTHING;
  for (let place = 0; place < length; place++) if (!isOfVisitor(value.text.at(place))) return NOTHING;
  return value;
}

/** Letters, digits and `._:@/+=~|-`. */
const isOfVisitor = (byte: i32): bool =>
  (byte >= 97 && byte <= 122) || (byte >= 64 && byte <= 90) || (byte >= 45 && byte <= 58) || byte == 95 || byte == 43 || byte == 61 || byte == 126 || byte == 124;

function writeDiscounts(cart: Json, message: Text): void {
  const ofCart = cartTokensOf(cart);
  let line = cart.get('lines').first;
  while (line !== null) {
    writeDiscount(line, ofCart, message);
    line = line.next;
  }
  if (candidates) write(OUTPUT, '],"selectionStrategy":"ALL"}}');
}

/** The token that stands with a line or a cart; empty without one. */
const tokenOf = (holder: Json): Text => holder.get('acceptance').get('value').text;

/** The tokens that stand with the whole cart and with none of its lines: of whatever line they may be. */
function cartTokensOf(cart: Json): Text[] {
  const all: Text[] = [];
  addToken(all, tokenOf(cart), cart);
  let listed = cart.get('acceptances').get('jsonValue').first;
  while (listed !== null && all.length <= MAX_TOKENS) {
    if (listed.kind == Kind.Text) addToken(all, listed.text, cart);
    listed = listed.next;
  }
  return all;
}

function addToken(all: Text[], token: Text, cart: Json): void {
  if (token.length == 0) return;
  for (let at = 0; at < all.length; at++) if (all[at].equals(token)) return;
  let line = cart.get('lines').first;
  while (line !== null) {
    if (tokenOf(line).equals(token)) return;
    line = line.next;
  }
  all.push(token);
}

/** Write the discount of one line, where it has one. Each verdict is in the Function's log. */
function writeDiscount(given: Json, ofCart: Text[], message: Text): void {
  const own = tokenOf(given);
  if (own.length == 0 && ofCart.length == 0) return;
  if (!given.get('merchandise').get('__typename').text.is('ProductVariant')) return;
  const line = lineOf(given);
  const verdict = own.length ? verdictOf(own, line) : verdictOfCart(ofCart, line);
  if (verdict === null) return;
  const id = given.get('id').text;
  writeText(LOG, id);
  write(LOG, ' ' + verdict.code + '\n');
  const off = line.totalMinor - verdict.totalMinor;
  if (verdict.code != '' || off <= 0) return;
  write(OUTPUT, candidates++ ? ',{' : '{"productDiscountsAdd":{"candidates":[{');
  if (message.length) {
    write(OUTPUT, '"message":"');
    writeText(OUTPUT, message); // as it was written, with its escapes
    write(OUTPUT, '",');
  }
  write(OUTPUT, '"targets":[{"cartLine":{"id":"');
  writeText(OUTPUT, id);
  const amount = amountOf(off, decimalsOf(line.currency));
  write(OUTPUT, '"}}],"value":{"fixedAmount":{"amount":"' + amount + '","appliesToEachItem":false}}}');
}

/** A line of the cart as the rules ask for it. */
function lineOf(given: Json): Line {
  const merchandise = given.get('merchandise');
  const cost = given.get('cost').get('amountPerQuantity');
  const currency = cost.get('currencyCode').text;
  const quantity = given.get('quantity').text.whole;
  const totalMinor = minorOf(cost.get('amount').text, decimalsOf(currency)) * quantity;
  const productId = numberOf(merchandise.get('product').get('id').text);
  return new Line(merchandise.get('sku'), numberOf(merchandise.get('id').text), productId, quantity, totalMinor, currency);
}

/** The number of `gid://shopify/ProductVariant/1`. */
const numberOf = (id: Text): Text => id.part(id.lastIndexOf(47) + 1, id.length);

/** What one of the cart's tokens says of a line; null where they are all of others. */
function verdictOfCart(tokens: Text[], line: Line): Verdict | null {
  for (let at = 0; at < tokens.length; at++) {
    const verdict = verdictOf(tokens[at], line);
    if (verdict.code != 'wrong_product') return verdict;
  }
  return null;
}

function verdictOf(token: Text, line: Line): Verdict {
  const known = readOf(token);
  if (known === null) return new Verdict('too_many');
  if (!known.claims.isThere) return new Verdict('bad_token');
  if (isOfPastDay(known.claims, today)) return new Verdict('expired');
  const found = compared(known.claims, line, visitor);
  if (found.code != '') return found;
  return known.take(found.sku, line.quantity) > found.limit ? new Verdict('wrong_quantity') : found;
}

/** Read a token of the cart, each once; null beyond the first few. */
function readOf(token: Text): Read | null {
  for (let at = 0; at < reads.length; at++) if (reads[at].token.equals(token)) return reads[at];
  if (reads.length >= MAX_TOKENS) return null;
  const read = new Read(token, isOfStore(token) ? claimsOf(token, audience) : NOTHING);
  reads.push(read);
  return read;
}

/** Whether the current key has signed it or, for a week, the one before: as long as there is work left. */
function isOfStore(token: Text): bool {
  if (!isToken(token)) return false;
  for (let at = 0; at < keys.length; at++) {
    blocks += workOf(token);
    if (blocks > MAX_BLOCKS) return false;
    if (isSigned(token, keys[at])) return true;
  }
  return false;
}
