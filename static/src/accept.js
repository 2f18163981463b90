/** Accepting an offer: the edge prices and signs it, the page adds it to the order. */

import { siteKey } from './config.js';
import { emit, report } from './guard.js';
import { visitorId } from './identity.js';
import { post } from './network.js';

/** @typedef {import('./types.js').Adapter} Adapter */
/** @typedef {import('./types.js').Decision} Decision */

const ACCEPT_MS = 4000;

/** Missing where the page has set none. @type {Adapter} */
let adapter;

/** @param {Adapter} callback the page's own "add to order" */
export function setAdapter(callback) {
  adapter = callback;
}

/**
 * @param {Decision} decision
 * @param {string} idempotencyKey the same for every try
 * @param {number} [quantity] where the offer has tiers
 * @returns {Promise<string | undefined>} why the order is unchanged; nothing once it has changed
 */
export async function acceptOffer(decision, idempotencyKey, quantity = 1) {
  const { exposure_token } = decision;
  if (!exposure_token) return undefined; // a preview
  const request = {
    key: siteKey,
    visitor_id: visitorId(),
    exposure_token,
    idempotency_key: idempotencyKey + '-' + quantity,
    quantity,
  };
  let reason = 'unavailable';
  try {
    const { status, answer } = await post('/v1/accept', request, ACCEPT_MS);
    if (status != 200) return answer.error?.code || reason;
    reason = 'not_added';
    const told = { ...decision, exposure_token: null };
    if (emit('accept', { ...told, acceptance: answer }, true)) await adapter(answer, told);
    return undefined;
  } catch (/** @type {any} */ error) {
    report(error);
    return typeof error?.code == 'string' ? error.code : reason;
  }
}
