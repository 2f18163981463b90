/** The slot in React, with the real snippet's loader in a page of jsdom. */

import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';

import { JSDOM } from 'jsdom';

let page;
let root;
let react;

beforeEach(async () => {
  const { window } = new JSDOM('<!doctype html><head></head><body><main></main></body>');
  page = window;
  Object.assign(globalThis, { window, document: window.document, IS_REACT_ACT_ENVIRONMENT: true });
  react = { ...(await import('react')), ...(await import('react-dom/client')) };
  root = react.createRoot(document.querySelector('main'));
});

afterEach(async () => {
  await react.act(() => root.unmount());
  page.upsell.q = undefined; // the loader's own, of one page in a browser
});

const { OfferSlot } = await import('../../../integrations/snippet/react.js');
const AT = { edge: 'https://offers.example/', siteKey: 'pk_test', moment: 'cart' };
const cart = (total_minor) => ({ cart: { currency: 'EUR', total_minor, items: [] } });
const draw = (props) => react.act(() => root.render(react.createElement(OfferSlot, { ...AT, ...props })));
const calls = () => [...(page.upsell.q ?? [])];

test('draws the slot with its reserved height, and loads the snippet once', async () => {
  await draw({ page: cart(6670), options: { adapters: ['ga4'] } });
  const slot = document.querySelector('[data-upsell-slot=cart]');
  assert.equal(slot.style.minHeight, '200px');
  await draw({ page: cart(6670), minHeight: 120 });
  assert.equal(document.querySelector('[data-upsell-slot=cart]'), slot);
  assert.equal(slot.style.minHeight, '120px');
  const scripts = [...document.querySelectorAll('script')].map(({ src }) => src);
  assert.deepEqual(scripts, ['https://offers.example/s/upsell.js', 'https://offers.example/s/ga4.js']);
});

test('tells the cart whenever it changes, and not for a drawing with the same cart', async () => {
  await draw({ page: cart(6670) });
  await draw({ page: cart(6670) });
  await draw({ page: cart(7660) });
  const totals = calls().map(([name, told]) => [name, told.cart.total_minor]);
  assert.deepEqual(totals, [['page', 6670], ['page', 7660]]);
});

test('passes consent and the page\'s own adding on, before it asks', async () => {
  const onAccept = () => {};
  await draw({ page: cart(1), consent: false, onAccept });
  await draw({ page: cart(1), consent: true, onAccept });
  assert.equal(document.querySelector('script').dataset.consent, 'required');
  assert.deepEqual(calls().map(([name, value]) => (name == 'consent' ? value : name)), ['accept', false, 'page', 'accept', true, 'page']);
});

test('leaves what the snippet has drawn alone', async () => {
  await draw({ page: cart(1) });
  const slot = document.querySelector('[data-upsell-slot=cart]');
  slot.append(document.createElement('offer-widget'));
  await draw({ page: cart(2) });
  assert.ok(slot.querySelector('offer-widget'));
});
