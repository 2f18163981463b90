/** Accepting an offer: the edge prices and signs it, the page adds it to the order. */

import { siteKey } from './config.js';
import { emit, report } from './guard.js';
import { visitorId } from './identity.js';
import { post } from './network.js';

/** @typedef {import('./types.js').Accepted} Accepted */
/** @typedef {import('./types.js').Decision} Decision */
/** @typedef {Accepted & {reason?: string}} Outcome `reason` says why the order is unchanged */

const ACCEPT_MS = 4000;

/**
 * The page's own "add to order" (`accept`), and how it takes that back (`undo`): an `Adapter` each, where it has set one.
 * @type {Record<string, any>}
 */
export const adapters = {};

/**
 * @param {Decision} decision
 * @param {string} idempotencyKey the same for every try
 * @param {number} [quantity] where the offer has tiers
 * @returns {Promise<Outcome>}
 */
export async function acceptOffer(decision, idempotencyKey, quantity = 1) {
  const { exposure_token, step } = decision;
  if (!exposure_token) return {}; // a preview
  const request = {
    key: siteKey,
    visitor_id: visitorId(),
    exposure_token,
    idempotency_key: idempotencyKey + '-' + quantity,
    quantity,
    step,
  };
  let reason = 'unavailable';
  try {
    const { status, answer } = await post('/v1/accept', request, ACCEPT_MS);
    if (status != 200) return { reason: answer.error?.code || reason };
    reason = 'not_added';
    const told = { ...decision, exposure_token: null };
    const isOurs = emit('accept', { ...told, acceptance: answer }, true);
    return { acceptance: answer, added: isOurs && (await adapters.accept(answer, told)) };
  } catch (/** @type {any} */ error) {
    report(error);
    return { reason: typeof error?.code == 'string' ? error.code : reason };
  }
}
