/**
 * Accepted offers into a WooCommerce cart, visitor and assignments into its session, through the Store API.
 *
 * https://developer.woocommerce.com/docs/apis/store-api/ :
 * - `cart/add-item` takes `{id, quantity, variation}`, where `id` is a product's or a variation's, and answers 201 with the
 *   whole cart. 400: out of stock, not for sale, no such product; `code` says which. Our own field
 *   `offerlift_acceptance` is for the plugin of docs/snippet.md, which takes it over in the filter
 *   `woocommerce_store_api_add_to_cart_data`, sets the accepted price and writes both into the order.
 * - Changes need the header `Nonce`, which each answer brings anew (401 without, 403 where it is not valid any more), or
 *   `Cart-Token`, which identifies the cart of a shop without WordPress's cookies and changes with each answer.
 * - `cart/extensions` hands data to a plugin that has registered for its namespace.
 * - `products?sku=` finds the id of a SKU.
 * - Amounts are texts in units of `currency_minor_unit` decimals.
 *
 * Blocks draw the cart again on `wc-blocks_added_to_cart`, classic pages on jQuery events
 * (https://developer.woocommerce.com/docs/cart-and-checkout-dom-events, assets/js/frontend/cart.js and checkout.js).
 */

import { guarded, report } from '../guard.js';
import { announce } from './parts/added.js';
import { attempt } from './parts/attempt.js';
import { inTurn } from './parts/http.js';
import { keepNotes } from './parts/notes.js';
import { blocks, changesOfShopper, isSending, quiet } from './parts/page_calls.js';
import { isTotal, productsOf, replacedOf } from './parts/products.js';
import { ask } from './parts/queue.js';
import { Refusal } from './parts/refusal.js';
import { say } from './parts/shop_notice.js';
import { demand } from './parts/store_api.js';
import { apply, change, changesOf, idOf, put, quantityOf, read, redraw, restore, totalText } from './parts/woocommerce_cart.js';

/** @typedef {import('../types.js').Acceptance} Acceptance */
/** @typedef {import('./parts/products.js').Product} Product */
/** @typedef {import('./parts/woocommerce_cart.js').Cart} Cart */
/** @typedef {import('./parts/woocommerce_cart.js').Change} Change */
/** @typedef {import('./parts/woocommerce_cart.js').Item} Item */
/** @typedef {import('../types.js').Decision} Decision */
/** @typedef {{token: string, name: string, messages: Record<string, string>, done: string, failed: string, changes: number}} Wish
 *   to have an offer in the cart or out of it, with the names of the messages that say what came of it, and how often the
 *   shopper had changed lines in the page itself by then */

/** The longest that servers let a call take, and browsers wait for one. */
const LONGEST_CALL_MS = 60000;

/** What the shopper wishes for now, by the token of an acceptance. @type {Record<string, Wish>} */
const wishes = Object.create(null);

/**
 * Whether so many units of a product have come into the cart at this price.
 * @param {Cart} cart
 * @param {Cart} before
 * @param {Product & {id: number}} product
 * @param {Acceptance} acceptance
 */
function isAdded(cart, before, product, acceptance) {
  return cart.items.some(({ key, id, quantity, prices }) => {
    const isAsMany = id == product.id && quantity - quantityOf(before, key) == product.quantity;
    const total = Number(prices.price) * product.quantity;
    return isAsMany && isTotal(product, acceptance, total, prices.currency_minor_unit);
  });
}

/**
 * Put in what was accepted, in the place of what it replaces. Checked at the end: a call between may take it out again.
 * @param {Cart} before
 * @param {(Product & {id: number})[]} products
 * @param {Item | undefined} replaced
 * @param {Acceptance} acceptance
 */
async function fill(before, products, replaced, acceptance) {
  let cart = before;
  for (const { id, quantity } of products) {
    cart = await put(id, quantity, acceptance.acceptance_token);
  }
  if (replaced) cart = await change(replaced.key, replaced.quantity - (acceptance.quantity ?? 1));
  if (products.every((product) => isAdded(cart, before, product, acceptance))) return cart;
  throw new Refusal('price_changed', 'The shop asks another price; is the plugin active?');
}

/**
 * @param {Acceptance} acceptance
 * @param {(undo: () => Promise<void>) => void} begin
 * @param {Wish} wish
 */
async function add(acceptance, begin, wish) {
  const before = await read();
  const { currency_code } = before.totals;
  if (currency_code != acceptance.currency) throw new Refusal('not_added', 'The cart is in ' + currency_code);
  const isOf = (/** @type {Item} */ item, /** @type {import('../types.js').Reference} */ of) =>
    item.id == Number(of.external_id) || item.sku == of.sku;
  const replaced = replacedOf(before.items, acceptance, isOf);
  const products = await Promise.all(productsOf(acceptance).map(async (of) => ({ ...of, id: await idOf(of) })));
  begin(() => restore(before, [...products, replaced].map((of) => of?.id)));
  return finish(before, () => fill(before, products, replaced, acceptance), wish);
}

/**
 * Change the lines back; what the shopper has taken out in the cart is gone already.
 * @param {Change[]} changes
 * @param {Wish} wish
 * @param {(undo: () => Promise<void>) => void} begin
 */
async function remove(changes, wish, begin) {
  const before = await read();
  begin(() => restore(before, changes.map(({ id }) => id), wish.token));
  const isIn = changes.some(({ key, by }) => by > 0 && quantityOf(before, key));
  const back = isIn ? changes.map((of) => ({ ...of, by: -of.by })) : [];
  return finish(before, () => apply(before, back), wish);
}

/**
 * Whether a call of the page has undone a change, as one does that began before it and ends after it. What the shopper has
 * wished for since, here or in the page's own cart, isn't that; nor is an empty cart, which was ordered.
 * @param {Cart} before
 * @param {Cart} after
 * @param {Cart} now
 * @param {Wish} wish
 */
function isUndone(before, after, now, wish) {
  if (wishes[wish.token] != wish || wish.changes != changesOfShopper() || !now.items.length) return false;
  return changesOf(before, after).some(({ key }) => quantityOf(now, key) == quantityOf(before, key));
}

/**
 * Change the cart, once more where a call of the page has undone it; have the page draw it, and tell the snippet what it
 * comes to.
 * @param {Cart} before
 * @param {() => Promise<Cart>} make
 * @param {Wish} wish
 */
async function finish(before, make, wish) {
  const hasWaited = isSending();
  let cart = await make();
  wish.changes = changesOfShopper();
  if ((hasWaited || isSending()) && isUndone(before, cart, await read(), wish)) cart = await make();
  if (isSending()) guarded(lookAgain)(before, cart, make, wish);
  announce(cart, redraw);
  return { total_text: totalText(cart), changes: changesOf(before, cart) };
}

/**
 * Once the page's call has ended: make the change again where it was undone, and say what came of that, since the shopper
 * has read that it was made. WooCommerce 10 often keeps the change, and has the page draw the call's older cart.
 * @param {Cart} before
 * @param {Cart} after
 * @param {() => Promise<Cart>} make
 * @param {Wish} wish
 */
async function lookAgain(before, after, make, wish) {
  await quiet(LONGEST_CALL_MS);
  await inTurn(async () => {
    const now = await demand('cart');
    if (isUndone(before, after, now, wish)) return makeAgain(changesOf(before, after), now, make, wish);
    const drawn = blocks('select')?.getCartData?.();
    if (drawn && isUndone(before, after, drawn, wish)) tellAgain(now, wish);
  });
}

/** @param {Cart} cart @param {Wish} wish */
function tellAgain(cart, { messages, done }) {
  announce(cart, redraw);
  say(messages[done] + ' ' + messages.total?.replace('{total}', totalText(cart)));
}

/**
 * @param {Change[]} changes
 * @param {Cart} now
 * @param {() => Promise<Cart>} make
 * @param {Wish} wish
 */
async function makeAgain(changes, now, make, wish) {
  const { name, messages, failed } = wish;
  try {
    const cart = await attempt((begin) => {
      begin(() => restore(now, changes.map(({ id }) => id)));
      return make();
    });
    tellAgain(cart, wish);
  } catch (/** @type {any} */ error) {
    report(error);
    say(name + ': ' + (messages[error?.code] || messages[failed] || messages.failed), true);
  }
}

/**
 * What the shopper wishes for, in place of what they have wished for with this acceptance before.
 * @param {Acceptance} acceptance
 * @param {Decision} decision
 * @param {string} done the name of the message that says so
 * @param {string} failed
 * @returns {Wish}
 */
function wishFor({ acceptance_token: token }, { content }, done, failed) {
  const { messages = {}, items = [] } = content || {};
  return (wishes[token] = { token, name: items[0]?.title || '', messages, done, failed, changes: 0 });
}

guarded(ask)('accept', (/** @type {Acceptance} */ acceptance, /** @type {Decision} */ decision) => {
  const wish = wishFor(acceptance, decision, 'added', 'failed');
  return inTurn(() => attempt((begin) => add(acceptance, begin, wish)));
});

guarded(ask)('undo', (/** @type {Acceptance} */ acceptance, /** @type {Decision} */ decision, /** @type {any} */ added) => {
  const wish = wishFor(acceptance, decision, 'removed', 'not_removed');
  return inTurn(() => attempt((begin) => remove(added?.changes || [], wish, begin)));
});

/** @type {{visitor: string, assignments: Record<string, string>} | undefined} */
let noted;

/** @param {object} data */
const write = (data) => demand('cart/extensions', { namespace: 'offerlift', data });

keepNotes((visitor, assignments) => {
  const data = (noted = { visitor, assignments });
  return inTurn(async () => {
    await quiet();
    await write(data);
    if (isSending()) guarded(writeAgain)(data);
  });
});

/**
 * Once the page's call has ended, which may have undone the note: it is written again unless there is a newer one.
 * @param {object} data
 */
async function writeAgain(data) {
  await quiet(LONGEST_CALL_MS);
  if (data == noted) await inTurn(() => write(data));
}
