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
import { inTurn, send } from './parts/http.js';
import { keepNotes } from './parts/notes.js';
import { isTotal, productsOf } from './parts/products.js';
import { ask } from './parts/queue.js';
import { Refusal } from './parts/refusal.js';

/** @typedef {import('../types.js').Acceptance} Acceptance */
/** @typedef {import('./parts/products.js').Product} Product */
/** @typedef {{key: string, id: number, quantity: number, prices: {price: string, currency_code: string, currency_minor_unit: number}}} Item */
/** @typedef {{items: Item[], totals: {currency_code: string}}} Cart */

const NONCE_CODES = ['woocommerce_rest_missing_nonce', 'woocommerce_rest_invalid_nonce'];
const STOCK = /out_of_stock|no_stock/;

const { api: givenApi, cartToken: tokenName } = document.currentScript?.dataset || {};
let nonce = '';
/** Ids by SKU. @type {Record<string, number>} */
const ids = Object.create(null);

/** The Store API's address: of the script's `data-api`, else as WordPress says in its pages. @param {string} path */
function address(path) {
  const link = document.querySelector('link[rel="https://api.w.org/"]')?.getAttribute('href');
  const base = givenApi || (link || '/wp-json/') + 'wc/store/v1/';
  const url = base.replace(/\/*$/, '/') + path;
  return base.includes('?') ? url.replace(/\?(.*)\?/, '?$1&') : url;
}

const storedToken = () => (tokenName && localStorage.getItem(tokenName)) || '';

/**
 * The next cart token is taken over from changes alone: those prove that the present one is valid, whereas asking for the
 * cart with one that has expired brings the token of another, empty cart.
 * @param {string} path
 * @param {object} [body]
 */
async function call(path, body) {
  const token = storedToken();
  /** @type {Record<string, string>} */
  const headers = token ? { 'Cart-Token': token } : { Nonce: nonce };
  const reply = await send(address(path), body, headers, token ? 'omit' : 'same-origin');
  nonce = reply.headers.get('Nonce') || nonce;
  const next = body && reply.status < 300 && reply.headers.get('Cart-Token');
  if (tokenName && token && next) localStorage.setItem(tokenName, next);
  return reply;
}

/**
 * The body of a good answer. A nonce that is not valid any more is fetched anew once.
 * @param {string} path
 * @param {object} [body]
 */
async function demand(path, body) {
  const hasToken = !!storedToken();
  if (body && !nonce && !hasToken) await call('cart');
  let reply = await call(path, body);
  if (!hasToken && NONCE_CODES.includes(reply.body?.code)) {
    await call('cart');
    reply = await call(path, body);
  }
  const { status, body: answer } = reply;
  if (status == 200 || status == 201) return answer;
  throw new Refusal(STOCK.test(answer?.code) ? 'out_of_stock' : 'not_added', `${path}: ${status} ${answer?.code}`);
}

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
 * Put the products' items back as they were.
 * @param {Cart} before
 * @param {number[]} products
 */
async function restore(before, products) {
  const cart = /** @type {Cart} */ (await demand('cart'));
  for (const { key, id, quantity } of cart.items) {
    const earlier = quantityOf(before, key);
    if (!products.includes(id) || earlier == quantity) continue;
    await (earlier ? demand('cart/update-item', { key, quantity: earlier }) : demand('cart/remove-item', { key }));
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
  const products = await Promise.all(productsOf(acceptance).map(async (of) => ({ ...of, id: await idOf(of) })));
  begin(() => restore(before, products.map(({ id }) => id)));
  return fill(before, products, acceptance.acceptance_token);
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
