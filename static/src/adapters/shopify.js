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
import { totalOf } from './parts/money.js';
import { isTotal, productsOf, replacedOf } from './parts/products.js';
import { ask } from './parts/queue.js';
import { Refusal } from './parts/refusal.js';

/** @typedef {import('../types.js').Acceptance} Acceptance */
/** @typedef {Record<string, string> | null} Texts */
/** @typedef {{key: string, sku: string, variant_id: number, quantity: number, final_line_price: number, properties?: Texts}} Line */
/** @typedef {{currency: string, items: Line[], total_price: number, attributes?: Texts}} Cart */
/** @typedef {{id: number, quantity: number, properties?: Texts}} Put what is put into the cart */

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

/** The number of `gid://shopify/ProductVariant/1`. @param {import('../types.js').Reference} reference */
const idOf = ({ sku, external_id }) => Number((external_id || sku).split('/').pop());

/** @param {import('../types.js').Reference} reference */
function variantOf(reference) {
  const id = idOf(reference);
  if (!Number.isSafeInteger(id)) throw new Refusal('not_added', `Product ${reference.sku} has no Shopify variant id.`);
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
    if (quantity != product.quantity || !isTotal(product, acceptance, total, 2)) return false;
  }
  return held.every((line) => products.some((product) => variantOf(product) == line.variant_id));
}

/** @param {string} key @param {number} quantity @returns {Promise<Cart>} */
async function change(key, quantity) {
  const { status, body } = await call('cart/change.js', { id: key, quantity });
  if (status != 200) throw new Refusal('not_added', 'cart/change.js answered ' + status);
  return body;
}

/** The cart without whatever came of the acceptance. @param {Acceptance} acceptance @returns {Promise<Cart>} */
async function takeBack(acceptance) {
  const cart = await readCart();
  const [line] = linesOf(cart, acceptance);
  if (!line) return cart;
  await change(line.key, 0);
  return takeBack(acceptance);
}

/** What an upgrade takes the place of. @param {Cart} cart @param {Acceptance} acceptance */
const replacedIn = ({ items }, acceptance) =>
  replacedOf(items, acceptance, (line, of) => line.variant_id == idOf(of) || line.sku == of.sku);

/**
 * Put what was replaced back in.
 * @param {Cart} before
 * @param {Line | undefined} line
 */
async function putBack(before, line) {
  if (!line) return;
  const { variant_id: id, properties } = line;
  const units = (/** @type {Cart} */ { items }) =>
    items.reduce((sum, { variant_id, quantity }) => sum + (variant_id == id ? quantity : 0), 0);
  const quantity = units(before) - units(await readCart());
  if (quantity > 0) await insert([{ id, quantity, properties }]);
}

/** @param {Put[]} items */
async function insert(items) {
  const { status, body } = await call('cart/add.js', { items });
  if (status == 200) return;
  const isStock = status == 422 && body?.status == 422 && body.description != 'Cannot find variant';
  const why = `cart/add.js answered ${status}: ${body?.description}`;
  throw new Refusal(isStock ? 'out_of_stock' : 'not_added', why);
}

/** @param {Acceptance} acceptance @returns {Put[]} */
function itemsOf(acceptance) {
  const properties = { [ACCEPTANCE]: acceptance.acceptance_token };
  return productsOf(acceptance).map((of) => ({ id: variantOf(of), quantity: of.quantity, properties }));
}

/**
 * @param {Acceptance} acceptance
 * @param {(undo: () => Promise<unknown>) => void} begin
 */
async function add(acceptance, begin) {
  const items = itemsOf(acceptance);
  const before = await takeBack(acceptance);
  if (before.currency != acceptance.currency) throw new Refusal('not_added', 'The cart is in ' + before.currency);
  const replaced = replacedIn(before, acceptance);
  begin(() => takeBack(acceptance).then(() => putBack(before, replaced)));
  await insert(items);
  const cart = await readCart();
  if (!isAsAccepted(cart, acceptance)) throw new Refusal('price_changed', 'The shop asks another price.');
  const line = replacedIn(cart, acceptance);
  if (!line) return finish(cart);
  const { variant_id: id, properties, key } = line;
  const quantity = acceptance.quantity ?? 1;
  return finish(await change(key, line.quantity - quantity), { id, quantity, properties });
}

/**
 * Take the accepted lines out of the cart, and put what they had replaced back in.
 * @param {Acceptance} acceptance
 * @param {Put | undefined} replaced
 * @param {(undo: () => Promise<unknown>) => void} begin
 */
async function remove(acceptance, replaced, begin) {
  const before = await readCart();
  if (!linesOf(before, acceptance).length) return finish(before); // the shopper has taken them out in the cart
  begin(() => takeBack(acceptance).then(() => insert(itemsOf(acceptance))));
  const cart = await takeBack(acceptance);
  if (!replaced) return finish(cart);
  await insert([replaced]);
  return finish(await readCart());
}

/**
 * Have the page draw the cart, and tell the snippet what it comes to.
 * @param {Cart} cart
 * @param {Put} [replaced] what an upgrade has taken out of it
 */
function finish(cart, replaced) {
  announce(cart, () => location.reload());
  return { total_text: totalOf(cart.total_price / 100, cart.currency), replaced };
}

guarded(ask)('accept', (/** @type {Acceptance} */ acceptance) =>
  inTurn(() => attempt((begin) => add(acceptance, begin))),
);

guarded(ask)('undo', (/** @type {Acceptance} */ acceptance, /** @type {any} */ _, /** @type {any} */ added) =>
  inTurn(() => attempt((begin) => remove(acceptance, added?.replaced, begin))),
);

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
