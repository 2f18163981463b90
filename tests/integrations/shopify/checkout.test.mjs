/** The offer in the checkout and on the thank-you page, in Shopify's own extension tester, against the fake edge. */

import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, test } from 'node:test';

import { createCartLine } from '@shopify/ui-extensions-tester/checkout';
import { getExtension } from '@shopify/ui-extensions-tester';
import { JSDOM } from 'jsdom';
import { render as unmount } from 'preact';

import { startFakeEdge } from '../../../integrations/snippet/fake-edge.js';

const FOLDER = fileURLToPath(new URL('../../../integrations/shopify/extensions/checkout-offer/', import.meta.url));
const SCRIPTS = fileURLToPath(new URL('../../../static/dist/', import.meta.url));
const VISITOR = 'v_8f14e45fceea167a';
/** Without an external ID, the SKU is the variant's number. */
const PRODUCT = { sku: '43229298163', title: 'Leather care balm', quantity: 1, price: { minor: 990, currency: 'EUR', text: '€9.90' } };
const nativeFetch = globalThis.fetch;

const { window } = new JSDOM('<!doctype html><body></body>');
Object.assign(globalThis, { window, document: window.document });

let edge;
let extension;

async function show(target, options = {}, change = () => {}) {
  edge = await startFakeEdge({ scripts: SCRIPTS, moments: ['shipping', 'payment', 'confirmation'], content: { items: [PRODUCT] }, ...options });
  extension = getExtension(target, { configSearchDir: FOLDER });
  extension.setUp();
  extension.fetch = nativeFetch;
  const { shopify } = extension;
  shopify.settings.value = { edge: edge.url + '/', site_key: 'pk_test', moment: 'payment' };
  shopify.attributes.value = [{ key: 'offerlift_visitor', value: VISITOR }];
  shopify.cost.subtotalAmount.value = { amount: 66.7, currencyCode: 'EUR' };
  shopify.lines.value = [createCartLine({ quantity: 2, cost: { totalAmount: { amount: 66.7, currencyCode: 'EUR' } } })];
  change(shopify);
  await extension.render();
  return { shopify }; // in an object: the tester's API would be asked for a `then`
}

const CHECKOUT = 'purchase.checkout.block.render';
const THANK_YOU = 'purchase.thank-you.block.render';
const types = () => edge.events.map(({ type }) => type);
const buttons = () => [...document.body.querySelectorAll('s-button')];
const press = (button) => button.dispatchEvent(new window.Event('click'));

async function until(check) {
  for (const end = Date.now() + 5_000; Date.now() < end; ) {
    const found = check();
    if (found) return found;
    await pause(20);
  }
  throw new Error('never: ' + check);
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

beforeEach(() => {
  edge = extension = undefined;
});

afterEach(async () => {
  unmount(null, document.body); // the tester's own way needs `require`
  extension?.tearDown();
  await edge?.close();
});

test('asks with the cart, shows the offer, and counts it after a second', async () => {
  const asked = Date.now();
  await show(CHECKOUT);
  await until(() => buttons().length == 2);
  assert.deepEqual(types(), []);
  const [{ body }] = edge.requests;
  assert.equal(body.visitor_id, VISITOR);
  assert.deepEqual(body.consent, { measurement: true });
  assert.equal(body.cart.total_minor, 6670);
  assert.deepEqual([body.cart.items[0].quantity, body.cart.items[0].price_minor], [2, 3335]);
  await until(() => types().length == 2);
  assert.deepEqual(types().sort(), ['exposure', 'impression']);
  assert.ok(Date.now() - asked >= 1_000);
  assert.deepEqual(buttons().map((button) => button.textContent), ['Add for €9.90', 'No thanks']);
});

test('control is counted by the same second, and sees nothing', async () => {
  await show(CHECKOUT, { variant: 'control' });
  await until(() => types().length == 1);
  await pause(100);
  assert.deepEqual(types(), ['exposure']);
  assert.equal(document.body.textContent, '');
});

test('accepting adds the line with its token, and keeps the token in the cart as well', async () => {
  const { shopify } = await show(CHECKOUT);
  const lines = [];
  const kept = [];
  shopify.applyCartLinesChange = async (change) => (lines.push(change), { type: 'success' });
  shopify.applyMetafieldChange = async (change) => (kept.push(change), { type: 'success' });
  press((await until(() => buttons().length == 2 && buttons()))[0]);
  await until(() => types().includes('accept'));
  const token = lines[0].attributes[0].value;
  assert.deepEqual(lines, [
    {
      type: 'addCartLine', merchandiseId: 'gid://shopify/ProductVariant/43229298163', quantity: 1,
      attributes: [{ key: '_offerlift_acceptance', value: token }],
    },
  ]);
  const [{ type, metafield }] = kept;
  assert.deepEqual([type, metafield.namespace, metafield.key], ['updateCartMetafield', '$app:offerlift', 'acceptances']);
  assert.deepEqual(JSON.parse(metafield.value), [token]);
  assert.deepEqual(types().sort(), ['accept', 'click', 'exposure', 'impression']);
  assert.equal((await until(() => document.querySelector('s-banner'))).textContent, 'Added to your order.');
});

test('what the checkout refuses leaves the order as it was, and says so', async () => {
  const { shopify } = await show(CHECKOUT);
  const changes = [];
  shopify.applyCartLinesChange = async (change) => (changes.push(change.type), { type: 'error', message: 'Not sold here' });
  press((await until(() => buttons().length == 2 && buttons()))[0]);
  await until(() => types().includes('accept_failed'));
  assert.deepEqual(changes, ['addCartLine']);
  assert.equal(document.querySelector('s-banner').textContent, 'That did not work. Your order is unchanged.');
  assert.equal(buttons().length, 2);
});

test('what the edge refuses is said by its reason', async () => {
  await show(CHECKOUT);
  edge.refuse('/v1/accept', 409, 'out_of_stock');
  press((await until(() => buttons().length == 2 && buttons()))[0]);
  await until(() => types().includes('accept_failed'));
  assert.equal(document.querySelector('s-banner').textContent, 'Sold out. Your order is unchanged.');
});

test('declining counts once, takes the offer away, and is remembered', async () => {
  const { shopify } = await show(CHECKOUT);
  press((await until(() => buttons().length == 2 && buttons()))[1]);
  await until(() => types().includes('decline'));
  assert.equal(buttons().length, 0);
  assert.deepEqual(types().sort(), ['decline', 'exposure', 'impression']);
  assert.ok(Date.parse(await shopify.storage.read('declined')));
});

for (const [name, change] of Object.entries({
  'without consent': (shopify) => {
    shopify.customerPrivacy.value = { ...shopify.customerPrivacy.value, allowedProcessing: { analytics: false } };
  },
  'without a visitor': (shopify) => {
    shopify.attributes.value = [];
  },
  'before a delivery is chosen': (shopify) => {
    shopify.settings.value = { ...shopify.settings.value, moment: 'shipping' };
    shopify.deliveryGroups.value = [{}];
  },
})) {
  test('asks nothing ' + name, async () => {
    await show(CHECKOUT, {}, change);
    await pause(200);
    assert.deepEqual(edge.requests, []);
    assert.equal(document.body.textContent, '');
  });
}

test('asks at delivery once one is chosen', async () => {
  await show(CHECKOUT, {}, (shopify) => {
    shopify.settings.value = { ...shopify.settings.value, moment: 'shipping' };
    shopify.deliveryGroups.value = [{ selectedDeliveryOption: { handle: 'express' } }];
  });
  await until(() => buttons().length == 2);
  assert.deepEqual(edge.requests[0].body.moments, ['shipping']);
});

test('an edge that is away shows nothing', async () => {
  await show(CHECKOUT, {}, (shopify) => {
    shopify.settings.value = { ...shopify.settings.value, edge: 'http://127.0.0.1:9' };
  });
  await pause(200);
  assert.equal(document.body.textContent, '');
});

test('on the thank-you page, accepting leads to an order of its own at the signed price', async () => {
  await show(THANK_YOU);
  assert.deepEqual((await until(() => edge.requests[0])).body.moments, ['confirmation']);
  press((await until(() => buttons().length == 2 && buttons()))[0]);
  const [link] = await until(() => buttons().length == 1 && buttons());
  const url = new URL(link.getAttribute('href') ?? link.href);
  assert.equal(url.pathname, '/cart/43229298163:1');
  assert.match(url.searchParams.get('attributes[_offerlift_acceptance]'), /^eyJ/);
});
