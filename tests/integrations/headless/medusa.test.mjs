/** The Medusa example: its subscriber and its route, with a container that answers as Medusa's does, and a fake edge. */

import assert from 'node:assert/strict';
import { afterEach, before, beforeEach, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { startFakeEdge } from '../../../integrations/snippet/fake-edge.js';

const FOLDER = '../../../integrations/medusa/backend/src/';
const SCRIPTS = fileURLToPath(new URL('../../../static/dist/', import.meta.url));
const TOKEN = 'eyJ.token';
const CART = 'cart_01';

/** An order as Medusa 2 gives it: decimal amounts, without tax where it says `subtotal`. */
const ORDER = {
  id: 'order_01', status: 'pending', currency_code: 'eur', email: 'ada@shop.example', customer_id: 'cus_1',
  created_at: '2026-11-22T10:02:00.000Z', updated_at: '2026-11-22T10:02:05.000Z', canceled_at: null,
  metadata: { offerlift_visitor: 'v_8f14e45fceea167a' },
  tax_total: 12.23, shipping_subtotal: 4.9, total: 81.5,
  items: [
    { variant_sku: '23166', variant_id: 'variant_1', quantity: 3, subtotal: { numeric: 100 }, discount_subtotal: 10, metadata: null },
    { variant_sku: '23084', variant_id: 'variant_2', quantity: 1, subtotal: 9.9, discount_subtotal: 0, metadata: { offerlift_acceptance: TOKEN } },
  ],
  payment_collections: [{ status: 'authorized', payments: [{ captured_at: null, refunds: [] }] }],
};
const REFUND = { id: 'ref_1', amount: 9.9, created_at: '2026-11-25T08:00:00.000Z' };

let edge;
let send;
let route;
let client;

before(async () => {
  process.env.OFFERLIFT_SECRET_KEY = 'sk_fake';
  ({ default: send } = await import(FOLDER + 'subscribers/offerlift-orders.ts'));
  route = await import(FOLDER + 'api/store/carts/[id]/offers/route.ts');
  ({ offerlift: client } = await import(FOLDER + 'lib/offerlift.ts'));
});

beforeEach(async () => {
  edge = await startFakeEdge({ secretKey: 'sk_fake', scripts: SCRIPTS });
  client.edge = edge.url;
});

afterEach(() => edge.close());

/** What Medusa's container resolves: `query.graph` over these entities. */
function container(entities) {
  const graph = async ({ entity, filters }) => ({ data: entities[entity].filter(({ id }) => !filters.id || id == filters.id) });
  return { resolve: (name) => (assert.equal(name, 'query'), { graph }) };
}

const happen = (name, id, entities) => send({ event: { name, data: { id } }, container: container(entities), pluginOptions: {} });

test('a placed order is sent in minor units, with its visitor and the token of its accepted line', async () => {
  await happen('order.placed', 'order_01', { order: [ORDER] });
  const [order] = edge.orders;
  assert.deepEqual([order.external_id, order.visitor_id, order.status, order.currency], ['order_01', 'v_8f14e45fceea167a', 'on_hold', 'EUR']);
  // 100.00 for three: two at 33.33 and one at 33.34
  assert.deepEqual(order.lines.map(({ sku, quantity, price_minor }) => [sku, quantity, price_minor]), [['23166', 2, 3333], ['23166', 1, 3334], ['23084', 1, 990]]);
  assert.equal(order.lines[2].acceptance_token, TOKEN);
  assert.deepEqual([order.subtotal_minor, order.discount_minor, order.tax_minor, order.shipping_minor, order.total_minor], [10990, 1000, 1223, 490, 8150]);
});

test('a refund is sent with the whole order, as a newer version', async () => {
  const payments = [{ captured_at: '2026-11-22T11:00:00Z', refunds: [REFUND] }];
  const refunded = { ...ORDER, payment_collections: [{ status: 'completed', payments }] };
  const payment = { id: 'pay_1', payment_collection: { order: { id: 'order_01' } } };
  await happen('payment.refunded', 'pay_1', { payment: [payment], order: [refunded] });
  const [order] = edge.orders;
  assert.equal(order.status, 'paid');
  assert.deepEqual(order.refunds, [{ external_id: 'ref_1', amount_minor: 990, at: REFUND.created_at }]);
  assert.equal(order.updated_at, REFUND.created_at);
});

test('a payment of a cart that is no order yet sends nothing', async () => {
  await happen('payment.captured', 'pay_1', { payment: [{ id: 'pay_1', payment_collection: {} }], order: [] });
  assert.deepEqual(edge.orders, []);
});

test('a canceled order is sent as canceled, and yen have no decimals', async () => {
  await happen('order.canceled', 'order_01', { order: [{ ...ORDER, status: 'canceled', currency_code: 'jpy', total: 8150 }] });
  assert.deepEqual([edge.orders[0].status, edge.orders[0].total_minor], ['cancelled', 8150]);
});

test('what the edge refuses raises, so that the event bus tries again', async () => {
  edge.refuse('/v1/orders', 400, 'bad_field');
  await assert.rejects(happen('order.placed', 'order_01', { order: [ORDER] }), { code: 'bad_field' });
});

async function token() {
  const call = (path, body) => fetch(edge.url + path, { method: 'POST', body: JSON.stringify(body) }).then((answer) => answer.json());
  const who = { key: 'pk_test', visitor_id: 'v_1' };
  const { decisions } = await call('/v1/decide', { ...who, moments: ['cart'] });
  const { acceptance_token } = await call('/v1/accept', { ...who, exposure_token: decisions[0].exposure_token, idempotency_key: 'one' });
  return acceptance_token;
}

test('an accepted offer gets into the cart once, at its price', async () => {
  const acceptance_token = await token();
  const cart = { id: CART, items: [] };
  globalThis.medusaCart = cart; // where the workflow of the tests puts lines
  const answers = [];
  const request = { params: { id: CART }, body: { acceptance_token }, scope: container({ cart: [cart] }) };
  for (let time = 0; time < 2; time++) await route.POST(request, { json: (answer) => answers.push(answer) });
  assert.deepEqual(answers, [{ added: true }, { added: false }]);
  assert.deepEqual(cart.items.map(({ quantity, unit_price }) => [quantity, unit_price]), [[1, 9.9]]);
});

test('a forged token adds nothing', async () => {
  const cart = { id: CART, items: [] };
  const request = { params: { id: CART }, body: { acceptance_token: TOKEN }, scope: container({ cart: [cart] }) };
  await assert.rejects(route.POST(request, {}), { code: 'bad_token' });
  assert.deepEqual(cart.items, []);
});
