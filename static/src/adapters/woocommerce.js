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

import { guarded } from '../guard.js';
import { announce } from './parts/added.js';
import { attempt } from './parts/attempt.js';
import { inTurn } from './parts/http.js';
import { keepNotes } from './parts/notes.js';
import { isTotal, productsOf, replacedOf } from './parts/products.js';
import { ask } from './parts/queue.js';
import { Refusal } from './parts/refusal.js';
import { demand } from './parts/store_api.js';

/** @typedef {import('../types.js').Acceptance} Acceptance */
/** @typedef {import('./parts/products.js').Product} Product */
/** @typedef {{key: string, id: number, sku: string, quantity: number, prices: {price: string, currency_code: string, currency_minor_unit: number}}} Item */
/** @typedef {{items: Item[], totals: {currency_code: string}}} Cart */

/** Ids by SKU. @type {Record<string, number>} */
const ids = Object.create(null);

/** @param {Product} product @returns {Promise<number>} of the product or variation */
async function idOf({ sku, external_id }) {
  if (external_id || ids[sku]) return Number(external_id || ids[sku]);
  const query = 'products?sku=' + encodeURIComponent(sku);
  for (const found of [...(await demand(query)), ...(await demand(query + '&type=variation'))]) {
    if (found.sku == sku) return (ids[sku] = found.id);
  }
  throw new Refusal('not_added', `The shop has no product ${sku}.`);
}

/**
 * Change an item's quantity.
 * @param {string} key
 * @param {number} quantity 0 takes it out
 * @returns {Promise<Cart>}
 */
const change = (key, quantity) =>
  quantity ? demand('cart/update-item', { key, quantity }) : demand('cart/remove-item', { key });

/**
 * Put the products' items back as they were.
 * @param {Cart} before
 * @param {number[]} products
 */
async function restore(before, products) {
  const cart = /** @type {Cart} */ (await demand('cart'));
  for (const { key, id, quantity } of cart.items) {
    const earlier = quantityOf(before, key);
    if (products.includes(id) && earlier != quantity) await change(key, earlier);
  }
  for (const { key, id, quantity } of before.items) {
    if (products.includes(id) && !quantityOf(cart, key)) await demand('cart/add-item', { id, quantity, variation: [] });
  }
}

/** @param {Cart} cart @param {string} key */
const quantityOf = (cart, key) => cart.items.find((item) => item.key == key)?.quantity || 0;

/**
 * Whether so many units of a product have come into the cart at this price.
 * @param {Cart} cart
 * @param {Cart} before
 * @param {Product & {id: number}} product
 */
function isAdded(cart, before, product) {
  return cart.items.some(({ key, id, quantity, prices }) => {
    const isAsMany = id == product.id && quantity - quantityOf(before, key) == product.quantity;
    const total = Number(prices.price) * product.quantity;
    return isAsMany && isTotal(product, prices.currency_code, total, prices.currency_minor_unit);
  });
}

/**
 * @param {Cart} before
 * @param {(Product & {id: number})[]} products
 * @param {string} acceptanceToken
 */
async function fill(before, products, acceptanceToken) {
  let cart = before;
  for (const { id, quantity } of products) {
    cart = await demand('cart/add-item', { id, quantity, variation: [], offerlift_acceptance: acceptanceToken });
  }
  if (products.every((product) => isAdded(cart, before, product))) return cart;
  throw new Refusal('price_changed', 'The shop asks another price; is the plugin of docs/snippet.md active?');
}

/**
 * @param {Acceptance} acceptance
 * @param {(undo: () => Promise<void>) => void} begin
 */
async function add(acceptance, begin) {
  const before = /** @type {Cart} */ (await demand('cart'));
  const { currency_code } = before.totals;
  if (currency_code != acceptance.currency) throw new Refusal('not_added', 'The cart is in ' + currency_code);
  const isOf = (/** @type {Item} */ item, /** @type {import('../types.js').Reference} */ of) =>
    item.id == Number(of.external_id) || item.sku == of.sku;
  const replaced = replacedOf(before.items, acceptance, isOf);
  const products = await Promise.all(productsOf(acceptance).map(async (of) => ({ ...of, id: await idOf(of) })));
  begin(() => restore(before, [...products, ...(replaced ? [replaced] : [])].map(({ id }) => id)));
  const cart = await fill(before, products, acceptance.acceptance_token);
  return replaced ? change(replaced.key, replaced.quantity - (acceptance.quantity ?? 1)) : cart;
}

/** Have the page draw its cart, mini cart and totals again. */
function redraw() {
  const detail = { preserveCartData: false };
  document.body.dispatchEvent(new CustomEvent('wc-blocks_added_to_cart', { bubbles: true, cancelable: true, detail }));
  const body = /** @type {any} */ (window).jQuery?.(document.body);
  for (const name of ['wc_update_cart', 'wc_fragment_refresh', 'update_checkout']) body?.trigger(name);
}

guarded(ask)('accept', async (/** @type {Acceptance} */ acceptance) =>
  announce(await inTurn(() => attempt((begin) => add(acceptance, begin))), redraw),
);

keepNotes((visitor, assignments) =>
  inTurn(() => demand('cart/extensions', { namespace: 'offerlift', data: { visitor, assignments } })),
);
