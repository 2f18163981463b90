/**
 * Tells the edge which visitor an order is of, once the checkout is done: for orders that don't name their visitor, such as
 * those of express checkouts, and for shops whose webhooks aren't connected yet.
 */

import { minorOf } from '../../../shared/money.js';

const VISITOR = 'offerlift_visitor';
const ACCEPTANCE = '_offerlift_acceptance';
const ATTEMPTS = 3;

/**
 * @param {any} api of a web pixel
 * @param {(url: string, init: object) => Promise<{status: number}>} [send]
 */
export function start({ analytics, init, settings, customerPrivacy }, send = fetch) {
  let privacy = init.customerPrivacy;
  customerPrivacy.subscribe('visitorConsentCollected', (/** @type {any} */ event) => {
    privacy = event.customerPrivacy;
  });
  analytics.subscribe('checkout_completed', async (/** @type {any} */ event) => {
    if (!privacy?.analyticsProcessingAllowed) return;
    const body = bodyOf(event.data.checkout, settings.siteKey);
    if (body) await tell(settings.edge.replace(/\/$/, '') + '/v1/convert', JSON.stringify(body), send);
  });
}

/**
 * What is told of an order; null of one that names no visitor: it isn't anybody's.
 * @param {any} checkout
 * @param {string} key
 */
export function bodyOf(checkout, key) {
  const visitor_id = attributeOf(checkout.attributes, VISITOR);
  const id = (checkout.order?.id ?? '').split('/').pop();
  if (!visitor_id || !id) return null;
  const { currencyCode: currency, totalPrice } = checkout;
  const tokens = (checkout.lineItems ?? []).map((/** @type {any} */ line) => attributeOf(line.properties, ACCEPTANCE));
  const acceptance_tokens = [...new Set(tokens.filter(Boolean))].slice(0, 20);
  return { key, visitor_id, order: { id, currency, total_minor: minorOf(totalPrice.amount, currency), acceptance_tokens } };
}

/** @param {{key: string, value: string}[] | undefined} attributes @param {string} name */
const attributeOf = (attributes, name) => attributes?.find(({ key }) => key == name)?.value ?? '';

/**
 * Until there is an answer that a repetition wouldn't change: the first call for an order counts, others change nothing.
 * @param {string} url
 * @param {string} body
 * @param {(url: string, init: object) => Promise<{status: number}>} send
 */
async function tell(url, body, send) {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    try {
      const { status } = await send(url, { method: 'POST', body, keepalive: true });
      if (status < 500 && status != 429) return;
    } catch {
      // offline or unreachable: the next attempt, at once, as the page may be left any moment
    }
  }
}
