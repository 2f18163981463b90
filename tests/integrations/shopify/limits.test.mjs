/** What bounds the discount Function's work, and what it leaves alone. */

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import test from 'node:test';

import { run as runFunction } from './function.mjs';
import { discountSchema, inputOf, outputErrors } from './schema.mjs';
import { keyStates } from '../../../integrations/shopify/scripts/sha256.mjs';

const KEY = 'sk_' + 'a'.repeat(43);
const SETTINGS = { audience: 'tea', keys: [keyStates(KEY)] };
const DATE = '2026-11-30';
const NOON = Date.parse(DATE + 'T12:00:00Z') / 1000;
const schema = discountSchema();

const encoded = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

function tokenOf({ id = '43229298163', price = 990, exp = NOON, jti = 1, ...claims } = {}) {
  const lines = [{ sku: '23084', quantity: 1, price_minor: price, external_id: id }];
  const all = {
    iss: 'offerlift', aud: 'tea', jti: `0193a1c2-7d1e-4cc1-9c5e-2f6b0d0e7a${10 + jti}`, iat: exp - 1800, exp,
    sub: 'v_8f14e45fceea167a', experiment: 'cart-accessory', variant: 'with-reason', offer: 'leather-care-balm',
    currency: 'EUR', total_minor: price, quantity: 1, lines, ...claims,
  };
  const signed = encoded({ alg: 'HS256', typ: 'JWT' }) + '.' + encoded(all);
  return signed + '.' + createHmac('sha256', KEY).update(signed).digest('base64url');
}

const lineOf = (number, token, fields = {}) => ({
  id: 'gid://shopify/CartLine/' + number, quantity: 1, attributes: token ? { _offerlift_acceptance: token } : {},
  price: '12.50', currency: 'EUR', variant: { id: '43229298163', product: '776770', sku: '23084' }, ...fields,
});

const cartOf = (lines, fields = {}) => ({ attributes: {}, metafield: null, lines, settings: SETTINGS, date: DATE, ...fields });

async function run(cart) {
  const input = await inputOf(schema, cart);
  const { output, verdicts } = runFunction(input);
  assert.deepEqual(outputErrors(schema, output), []);
  return { codes: verdicts.map(({ code }) => code), output };
}

test('lowers an accepted line to its signed price, as one amount for the line', async () => {
  const { output } = await run(cartOf([lineOf(0, tokenOf())], { settings: { ...SETTINGS, message: 'Your offer' } }));
  const [{ productDiscountsAdd }] = output.operations;
  assert.deepEqual(productDiscountsAdd, {
    selectionStrategy: 'ALL',
    candidates: [
      {
        message: 'Your offer',
        targets: [{ cartLine: { id: 'gid://shopify/CartLine/0' } }],
        value: { fixedAmount: { amount: '2.60', appliesToEachItem: false } },
      },
    ],
  });
});

test('honors five different tokens and no sixth', async () => {
  const lines = Array.from({ length: 7 }, (_, number) => lineOf(number, tokenOf({ jti: number })));
  const { codes, output } = await run(cartOf(lines));
  assert.deepEqual(codes, ['', '', '', '', '', 'too_many', 'too_many']);
  assert.equal(output.operations[0].productDiscountsAdd.candidates.length, 5);
});

test('a token that is longer than any offer needs is not hashed', async () => {
  const { codes } = await run(cartOf([lineOf(0, tokenOf({ note: 'x'.repeat(12_000) }))]));
  assert.deepEqual(codes, ['bad_token']);
});

test('a token of a day that is over everywhere is refused, one of today is not', async () => {
  const day = 24 * 3600;
  const lines = [NOON - 3600, NOON - 2 * day].map((exp, number) => lineOf(number, tokenOf({ exp, jti: number })));
  assert.deepEqual((await run(cartOf(lines))).codes, ['', 'expired']);
});

test('raises no price, and leaves lines without tokens, custom products and other discount classes alone', async () => {
  const dear = lineOf(0, tokenOf({ price: 2000 }));
  assert.deepEqual((await run(cartOf([dear]))).codes, ['wrong_price']);
  const others = [lineOf(0), lineOf(1, tokenOf(), { variant: null })];
  assert.deepEqual(await run(cartOf(others)), { codes: [], output: { operations: [] } });
  const { output } = await run(cartOf([lineOf(0, tokenOf())], { classes: ['ORDER'] }));
  assert.deepEqual(output.operations, []);
});

test('does nothing in a shop that is not set up', async () => {
  assert.deepEqual((await run(cartOf([lineOf(0, tokenOf())], { settings: null }))).output, { operations: [] });
});

test('takes a token from the cart where a line has lost its own, and never for a second line', async () => {
  const lines = [lineOf(0), lineOf(1)];
  const { codes } = await run(cartOf(lines, { metafield: [tokenOf()] }));
  assert.deepEqual(codes, ['', 'wrong_quantity']);
  const kept = [lineOf(0, tokenOf()), lineOf(1)];
  assert.deepEqual((await run(cartOf(kept, { metafield: [tokenOf()] }))).codes, ['']);
});
