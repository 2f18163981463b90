/** The theme app extension, rendered by Liquid: the tags on every page, and what the cart says of itself. */

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { runInNewContext } from 'node:vm';

import { JSDOM } from 'jsdom';
import { Liquid } from 'liquidjs';

const FOLDER = new URL('../../../integrations/shopify/extensions/storefront/', import.meta.url);
const read = (name) => readFileSync(new URL(name, FOLDER), 'utf8');
const SCHEMA = /\{% schema %\}(.*?)\{% endschema %\}/s;
const liquid = new Liquid();

/** A block as a theme shows it; its schema is the editor's alone. */
async function render(name, values) {
  const html = await liquid.parseAndRender(read(`blocks/${name}.liquid`).replace(SCHEMA, ''), values);
  return new JSDOM(html).window.document;
}

const settings = (values) => ({ block: { settings: { edge: 'https://offers.example/', site_key: ' pk_tea ', consent: 'required', height: 200, ...values } } });

test('the embed loads snippet, adapter and consent from the edge', async () => {
  const page = await render('offers', settings());
  const scripts = [...page.querySelectorAll('script[src]')];
  assert.deepEqual(
    scripts.map((script) => script.src),
    ['upsell', 'shopify', 'consent_shopify'].map((name) => `https://offers.example/s/${name}.js`),
  );
  assert.deepEqual({ ...scripts[0].dataset }, { key: 'pk_tea', consent: 'required' });
  assert.ok(scripts.every((script) => script.async));
});

test('the embed does nothing before it is set up, and settings end no attribute', async () => {
  assert.equal((await render('offers', settings({ site_key: '' }))).querySelector('script'), null);
  const page = await render('offers', settings({ edge: 'https://x"><script>alert(1)</script>', site_key: '"><img>' }));
  assert.equal(page.querySelectorAll('script').length, 4);
  assert.equal(page.querySelector('img'), null);
});

async function cartOf(currency, price) {
  const cart = {
    currency: { iso_code: currency },
    total_price: price * 2,
    items: [{ sku: 'TEA "1"', quantity: 2, final_price: price }, { sku: '', variant_id: 43229, quantity: 1, final_price: price }],
  };
  const values = { ...settings(), cart, request: { locale: { iso_code: 'de' } }, localization: { country: { iso_code: 'DE' } } };
  const page = await render('cart-offer', values);
  assert.equal(page.querySelector('[data-upsell-slot=cart]').style.minHeight, '200px');
  const calls = [];
  const window = { upsell: (...call) => calls.push(call) };
  runInNewContext(page.querySelector('script').textContent, { window, upsell: window.upsell });
  return JSON.parse(JSON.stringify(calls[0][1]));
}

test('the cart says what is in it, in minor units of its currency', async () => {
  const page = await cartOf('EUR', 3335);
  assert.deepEqual(page.cart.items[1], { sku: '43229', quantity: 1, price_minor: 3335 });
  assert.equal(page.cart.total_minor, 6670);
  assert.deepEqual([page.locale, page.visitor], ['de', { country: 'DE' }]);
  assert.equal((await cartOf('JPY', 150_000)).cart.total_minor, 3_000);
  assert.equal((await cartOf('KWD', 125)).cart.total_minor, 2_500);
});

test('schemas are JSON, and each of their texts is there', () => {
  const texts = JSON.parse(read('locales/en.default.schema.json'));
  const found = (path) => path.split('.').reduce((part, name) => part?.[name], texts);
  for (const name of readdirSync(new URL('blocks/', FOLDER))) {
    const schema = SCHEMA.exec(read('blocks/' + name))[1];
    const { target } = JSON.parse(schema);
    assert.ok(['head', 'section'].includes(target));
    for (const [, path] of schema.matchAll(/"t:([\w.]+)"/g)) assert.equal(typeof found(path), 'string', path);
  }
});
