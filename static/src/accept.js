/** Accepting an offer: the edge prices and signs it, the page adds it to the order. */

import { siteKey } from './config.js';
import { emit, report } from './guard.js';
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
 * @param {Decision} decision
 * @param {string} idempotencyKey the same for every try
 * @returns {Promise<string | undefined>} why the order is unchanged; nothing once it has changed
 */
export async function acceptOffer(decision, idempotencyKey) {
  const { exposure_token } = decision;
  const request = { key: siteKey, visitor_id: visitorId(), exposure_token, idempotency_key: idempotencyKey };
  let reason = 'unavailable';
  try {
    const { status, answer } = await post('/v1/accept', request, ACCEPT_MS);
    if (status != 200) return answer.error?.code || reason;
    reason = 'not_added';
    const told = { ...decision, exposure_token: null };
    if (!emit('accept', { ...told, acceptance: answer }, true)) return undefined;
    if (!adapter) return reason;
    await adapter(answer, told);
    return undefined;
  } catch (error) {
    report(error);
    const { code } = Object(error);
    return typeof code == 'string' ? code : reason;
  }
}
