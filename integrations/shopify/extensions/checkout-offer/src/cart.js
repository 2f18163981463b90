/** The checkout's cart in the edge's words, and accepted products in Shopify's. */

import { minorOf } from '../../../shared/money.js';

const VISITOR = 'offerlift_visitor';
const ACCEPTANCE = '_offerlift_acceptance';
export const METAFIELD = { namespace: '$app:offerlift', key: 'acceptances' };

/** The visitor whom the theme's adapter has written into the cart; empty without one. @param {any} shopify */
export const visitorOf = ({ attributes }) => attributes.value?.find(({ key }) => key == VISITOR)?.value ?? '';

/** @param {any} shopify */
export function cartOf({ lines, cost }) {
  const { amount, currencyCode: currency } = cost.subtotalAmount.value;
  const items = lines.value.map(({ quantity, merchandise, cost: of }) => ({
    sku: merchandise.sku || numberOf(merchandise.id),
    quantity,
    price_minor: Math.round(minorOf(of.totalAmount.amount, currency) / quantity),
  }));
  return { currency, total_minor: minorOf(amount, currency), items };
}

/** The number of `gid://shopify/ProductVariant/1`. @param {string} id */
const numberOf = (id) => id.split('/').pop() ?? '';

/** How many of each variant were accepted: an uneven price comes as two lines of one product. @param {any} acceptance */
function quantitiesOf({ lines }) {
  const quantities = new Map();
  for (const { sku, external_id, quantity } of lines) {
    const id = numberOf(external_id || sku);
    quantities.set(id, (quantities.get(id) ?? 0) + quantity);
  }
  return quantities;
}

/**
 * Put what was accepted into the cart. Raises where the checkout doesn't take it, with nothing left in the cart.
 * @param {any} shopify
 * @param {any} acceptance
 */
export async function addAccepted(shopify, acceptance) {
  const token = acceptance.acceptance_token;
  if (shopify.cost.subtotalAmount.value.currencyCode != acceptance.currency) throw new Error('another currency');
  await keepToken(shopify, token); // before the lines, which the discount then finds by it if another app drops properties
  for (const [id, quantity] of quantitiesOf(acceptance)) {
    const result = await shopify.applyCartLinesChange({
      type: 'addCartLine',
      merchandiseId: 'gid://shopify/ProductVariant/' + id,
      quantity,
      attributes: [{ key: ACCEPTANCE, value: token }],
    });
    if (result.type == 'error') {
      await takeBack(shopify, token);
      throw new Error(result.message);
    }
  }
}

/** @param {any} shopify @param {string} token */
async function takeBack(shopify, token) {
  for (const { id, quantity, attributes } of shopify.lines.value) {
    if (!attributes.some(({ key, value }) => key == ACCEPTANCE && value == token)) continue;
    await shopify.applyCartLinesChange({ type: 'removeCartLine', id, quantity });
  }
}

/**
 * Keep a token in the app's own metafield of the cart as well, which no other app can write and Shopify copies to the order.
 * Express checkouts don't take it: then the lines' own properties are what there is.
 * @param {any} shopify
 * @param {string} token
 */
async function keepToken(shopify, token) {
  const tokens = [...tokensOf(shopify.lines.value), token];
  const value = JSON.stringify([...new Set(tokens)].slice(-5));
  const metafield = { ...METAFIELD, type: 'json', value };
  await shopify.applyMetafieldChange({ type: 'updateCartMetafield', metafield });
}

/** The tokens that lines carry already: of offers accepted in the theme. @param {any[]} lines */
function tokensOf(lines) {
  const tokens = [];
  for (const { attributes } of lines) {
    for (const { key, value } of attributes) if (key == ACCEPTANCE) tokens.push(value);
  }
  return tokens;
}

/**
 * A new order of what was accepted after this one: a cart's permalink, which carries the token into the order.
 * @param {any} shopify
 * @param {any} acceptance
 */
export function permalink({ shop }, acceptance) {
  const items = [...quantitiesOf(acceptance)].map(([id, quantity]) => id + ':' + quantity).join(',');
  const token = encodeURIComponent(acceptance.acceptance_token);
  return `${shop.storefrontUrl.replace(/\/$/, '')}/cart/${items}?attributes%5B${ACCEPTANCE}%5D=${token}&storefront=true`;
}
