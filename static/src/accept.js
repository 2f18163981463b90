/** Accepting an offer: the edge prices and signs it, the page adds it to the order. */

import { siteKey } from './config.js';
import { emit } from './guard.js';
import { visitorId } from './identity.js';
import { post } from './network.js';

/** @typedef {import('./types.js').Adapter} Adapter */
/** @typedef {import('./types.js').Decision} Decision */

const ACCEPT_MS = 4000;

/** @type {Adapter | undefined} */
let adapter;

/** @param {Adapter} callback the page's own "add to order" */
export function setAdapter(callback) {
  adapter = callback;
}

/**
 * Resolves once the order has changed; throws an error whose message is a reason code, the order being unchanged.
 * @param {Decision} decision
 * @param {string} idempotencyKey the same for every try
 */
export async function acceptOffer(decision, idempotencyKey) {
  const { exposure_token } = decision;
  const request = { key: siteKey, visitor_id: visitorId(), exposure_token, idempotency_key: idempotencyKey };
  const { status, answer } = await post('/v1/accept', request, ACCEPT_MS);
  if (status != 200 || !answer.acceptance_token) throw new Error(answer.error?.code || 'unavailable');
  const shown = { ...decision, exposure_token: null };
  if (!emit('accept', { ...shown, acceptance: answer }, true)) return;
  if (!adapter) throw new Error('no_adapter');
  await adapter(answer, shown);
}
