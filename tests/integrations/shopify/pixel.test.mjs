/** The web pixel, registered by Shopify's own package: which order is whose, and only with consent. */

import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';

import { startFakeEdge } from '../../../integrations/snippet/fake-edge.js';

const VISITOR = { key: 'offerlift_visitor', value: 'v_8f14e45fceea167a' };
const ACCEPTANCE = { key: '_offerlift_acceptance', value: 'eyJ.e.s' };
const CHECKOUT = {
  order: { id: 'gid://shopify/OrderIdentity/5500000000001' },
  currencyCode: 'EUR',
  totalPrice: { amount: 81.5, currencyCode: 'EUR' },
  attributes: [VISITOR],
  lineItems: [{ properties: [] }, { properties: [ACCEPTANCE] }, { properties: [ACCEPTANCE] }],
};
const ALLOWED = { analyticsProcessingAllowed: true };
let edge;

/** Start the pixel as Shopify's sandbox does; returns what fires events in it. */
async function start(privacy) {
  edge = await startFakeEdge();
  const listeners = {};
  const subscribe = (name, callback) => (listeners[name] = callback);
  const api = {
    analytics: { subscribe },
    customerPrivacy: { subscribe },
    init: { customerPrivacy: privacy },
    settings: { edge: edge.url + '/', siteKey: 'pk_test' },
    browser: {},
  };
  let registered;
  globalThis.shopify = { extend: (point, callback) => (registered = { point, callback }) };
  await import('../../../integrations/shopify/extensions/order-pixel/src/index.js?' + Math.random());
  assert.equal(registered.point, 'WebPixel::Render');
  await registered.callback(api);
  return async (name, event) => listeners[name](event);
}

afterEach(() => edge.close());

const complete = (fire, changes = {}) => fire('checkout_completed', { data: { checkout: { ...CHECKOUT, ...changes } } });

test('tells whose the order is, with what was accepted in it', async () => {
  await complete(await start(ALLOWED));
  assert.deepEqual(edge.requests, [
    {
      method: 'POST',
      path: '/v1/convert',
      body: {
        key: 'pk_test',
        visitor_id: VISITOR.value,
        order: { id: '5500000000001', currency: 'EUR', total_minor: 8150, acceptance_tokens: ['eyJ.e.s'] },
      },
    },
  ]);
});

test('tells nothing without consent, nor after it was withdrawn', async () => {
  await complete(await start({ analyticsProcessingAllowed: false }));
  assert.deepEqual(edge.requests, []);
  await edge.close();
  const fire = await start(ALLOWED);
  await fire('visitorConsentCollected', { customerPrivacy: { analyticsProcessingAllowed: false } });
  await complete(fire);
  assert.deepEqual(edge.requests, []);
});

test('tells nothing of an order without a visitor', async () => {
  await complete(await start(ALLOWED), { attributes: [] });
  assert.deepEqual(edge.requests, []);
});

test('tries again where the edge has no time, and not where it refuses', async () => {
  const fire = await start(ALLOWED);
  edge.refuse('/v1/convert', 503, 'unavailable');
  await complete(fire);
  assert.equal(edge.orders.length, 1);
  edge.refuse('/v1/convert', 400, 'bad_field');
  await complete(fire);
  assert.equal(edge.orders.length, 1);
});

test('amounts are whole in yen and in thousandths in dinars', async () => {
  const fire = await start(ALLOWED);
  await complete(fire, { currencyCode: 'JPY', totalPrice: { amount: 1500 } });
  await complete(fire, { currencyCode: 'KWD', totalPrice: { amount: 1.255 } });
  assert.deepEqual(edge.orders.map(({ order }) => order.total_minor), [1500, 1255]);
});
