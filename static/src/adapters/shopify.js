/**
 * Accepted offers into the cart of a Shopify theme, visitor and assignments into the cart's attributes.
 *
 * Cart API, https://shopify.dev/docs/api/ajax/reference/cart:
 * - `cart/add.js` takes `items: [{id, quantity, properties}]`, where `id` is a variant's. 404: no such variant. 422: sold
 *   out, or fewer in stock than asked for, and then **as many as there are have been added all the same**.
 * - `cart/change.js` takes a line's `key` and a quantity; keys change when the cart does. `cart/update.js` takes
 *   `attributes`, which the order carries as `note_attributes`. Names that begin with `_` are hidden at checkout.
 * - All under `Shopify.routes.root`; amounts in hundredths of the shopper's currency, whatever its minor unit
 *   (https://shopify.dev/docs/api/liquid/filters/money).
 *
 * A storefront can't set a price. What the shop charges is compared with what was accepted, and taken out again where it
 * differs.
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
/** @typedef {{key: string, variant_id: number, quantity: number, final_line_price: number, properties?: Record<string, string> | null}} Line */
/** @typedef {{currency: string, items: Line[], attributes?: Record<string, string> | null}} Cart */

const ACCEPTANCE = '_offerlift_acceptance';
const VISITOR = 'offerlift_visitor';
const ASSIGNMENTS = 'offerlift_assignments';

/**
 * @param {string} path
 * @param {object} [body]
 */
const call = (path, body) => send((/** @type {any} */ (window).Shopify?.routes?.root || '/') + path, body);

/** @returns {Promise<Cart>} */
async function readCart() {
  const { status, body } = await call('cart.js');
  if (status != 200 || !body?.items) throw new Refusal('not_added', 'cart.js answered ' + status);
  return body;
}

/**
 * @param {Cart} cart
 * @param {Acceptance} acceptance
 */
const linesOf = (cart, { acceptance_token }) =>
  cart.items.filter(({ properties }) => properties?.[ACCEPTANCE] == acceptance_token);

/** @param {import('./parts/products.js').Product} product @returns {number} the number of `gid://shopify/ProductVariant/1` */
function variantOf({ sku, external_id }) {
  const id = Number((external_id || sku).split('/').pop());
  if (!Number.isSafeInteger(id)) throw new Refusal('not_added', `Product ${sku} has no Shopify variant id.`);
  return id;
}

/**
 * Whether the cart holds just what was accepted, at its price.
 * @param {Cart} cart
 * @param {Acceptance} acceptance
 */
function isAsAccepted(cart, acceptance) {
  const held = linesOf(cart, acceptance);
  const products = productsOf(acceptance);
  for (const product of products) {
    const lines = held.filter((line) => line.variant_id == variantOf(product));
    const quantity = lines.reduce((sum, line) => sum + line.quantity, 0);
    const total = lines.reduce((sum, line) => sum + line.final_line_price, 0);
    if (quantity != product.quantity || !isTotal(product, cart.currency, total, 2)) return false;
  }
  return held.every((line) => products.some((product) => variantOf(product) == line.variant_id));
}

/** The cart without whatever came of the acceptance. @param {Acceptance} acceptance @returns {Promise<Cart>} */
async function takeBack(acceptance) {
  const cart = await readCart();
  const [line] = linesOf(cart, acceptance);
  if (!line) return cart;
  const { status } = await call('cart/change.js', { id: line.key, quantity: 0 });
  if (status != 200) throw new Refusal('not_added', 'cart/change.js answered ' + status);
  return takeBack(acceptance);
}

/** @param {import('./parts/http.js').Reply} reply */
function refusalOf({ status, body }) {
  const isStock = status == 422 && body?.status == 422 && body.description != 'Cannot find variant';
  return new Refusal(isStock ? 'out_of_stock' : 'not_added', `cart/add.js answered ${status}: ${body?.description}`);
}

/**
 * @param {Acceptance} acceptance
 * @param {(undo: () => Promise<unknown>) => void} begin
 */
async function add(acceptance, begin) {
  const properties = { [ACCEPTANCE]: acceptance.acceptance_token };
  const items = productsOf(acceptance).map((product) => ({
    id: variantOf(product),
    quantity: product.quantity,
    properties,
  }));
  const { currency } = await takeBack(acceptance);
  if (currency != acceptance.currency) throw new Refusal('not_added', 'The cart is in ' + currency);
  begin(() => takeBack(acceptance));
  const reply = await call('cart/add.js', { items });
  if (reply.status != 200) throw refusalOf(reply);
  const cart = await readCart();
  if (!isAsAccepted(cart, acceptance)) throw new Refusal('price_changed', 'The shop asks another price.');
  return cart;
}

guarded(ask)('accept', async (/** @type {Acceptance} */ acceptance) => {
  const cart = await inTurn(() => attempt((begin) => add(acceptance, begin)));
  announce(cart, () => location.reload());
});

/** What earlier pages have noted: `cart-test=treatment, exit-test=control`. @param {string} [text] */
function parse(text) {
  const pairs = (text || '').split(', ').map((pair) => pair.split('='));
  return Object.fromEntries(pairs.filter((pair) => pair.length == 2));
}

keepNotes((visitor, assignments) =>
  inTurn(async () => {
    const { attributes } = await readCart();
    const all = visitor ? { ...parse(attributes?.[ASSIGNMENTS]), ...assignments } : {};
    const text = Object.keys(all).map((key) => key + '=' + all[key]).join(', ');
    if ((attributes?.[VISITOR] || '') == visitor && (attributes?.[ASSIGNMENTS] || '') == text) return;
    await call('cart/update.js', { attributes: { [VISITOR]: visitor, [ASSIGNMENTS]: text } });
  }),
);
