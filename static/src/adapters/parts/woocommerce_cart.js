/** WooCommerce's cart: read, changed and drawn again. What the Store API takes is described in `woocommerce.js`. */

import { totalOf } from './money.js';
import { blocks, quiet } from './page_calls.js';
import { Refusal } from './refusal.js';
import { demand } from './store_api.js';

/** @typedef {import('./products.js').Product} Product */
/** @typedef {{key: string, id: number, sku: string, quantity: number, prices: {price: string, currency_code: string, currency_minor_unit: number}}} Item */
/** @typedef {{items: Item[], totals: {currency_code: string, currency_minor_unit: number, total_price: string}}} Cart */
/** @typedef {{key: string, id: number, by: number}} Change of a line's quantity */

/** Ids by SKU. @type {Record<string, number>} */
const ids = Object.create(null);

/** @param {Product} product @returns {Promise<number>} of the product or variation */
export async function idOf({ sku, external_id }) {
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
export const change = (key, quantity) =>
  quantity ? demand('cart/update-item', { key, quantity }) : demand('cart/remove-item', { key });

/**
 * Put into the cart.
 * @param {number} id
 * @param {number} quantity
 * @param {string} [offerlift_acceptance] the token of the offer that it is of
 * @returns {Promise<Cart>}
 */
export const put = (id, quantity, offerlift_acceptance) =>
  demand('cart/add-item', { id, quantity, variation: [], offerlift_acceptance });

/**
 * Change items by so many units each.
 * @param {Cart} cart
 * @param {Change[]} changes
 * @param {string} [token] of the acceptance that missing items are of
 */
export async function apply(cart, changes, token) {
  let after = cart;
  for (const { key, id, by } of changes) {
    const quantity = quantityOf(cart, key);
    if (quantity) after = await change(key, Math.max(quantity + by, 0));
    else if (by > 0) after = await put(id, by, token);
  }
  return after;
}

/**
 * Put the products' items back as they were.
 * @param {Cart} before
 * @param {(number | undefined)[]} products
 * @param {string} [token] of the acceptance that missing items were of
 */
export async function restore(before, products, token) {
  const cart = await read();
  await apply(cart, changesOf(cart, before).filter(({ id }) => products.includes(id)), token);
}

/**
 * The cart, once the page has sent its own changes.
 * @returns {Promise<Cart>}
 */
export async function read() {
  await quiet();
  return demand('cart');
}

/** @param {Cart} cart @param {string} key */
export const quantityOf = (cart, key) => cart.items.find((item) => item.key == key)?.quantity || 0;

/** @param {Cart} before @param {Cart} after @returns {Change[]} */
export const changesOf = (before, after) =>
  [...after.items, ...before.items.filter(({ key }) => !quantityOf(after, key))]
    .map(({ key, id }) => ({ key, id, by: quantityOf(after, key) - quantityOf(before, key) }))
    .filter(({ by }) => by);

/**
 * Have the page draw its cart, mini cart and totals again.
 *
 * Blocks that fetch the cart anew put the addresses that the server has in place of what is being typed. So they are
 * given it without addresses, as WooCommerce does after its own changes.
 */
export async function redraw() {
  const actions = blocks('dispatch');
  const cart = actions?.receiveCartContents && (await read().catch(() => 0));
  if (cart) actions.receiveCartContents(cart);
  const detail = { preserveCartData: !!cart };
  document.body.dispatchEvent(new CustomEvent('wc-blocks_added_to_cart', { bubbles: true, detail }));
  const body = /** @type {any} */ (window).jQuery?.(document.body);
  for (const name of ['wc_update_cart', 'wc_fragment_refresh', 'update_checkout']) body?.trigger(name);
}

/** @param {Cart} cart */
export const totalText = ({ totals: { total_price, currency_minor_unit, currency_code } }) =>
  totalOf(Number(total_price) / 10 ** currency_minor_unit, currency_code);
