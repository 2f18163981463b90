/**
 * Consent as a consent manager of IAB Europe's Transparency and Consent Framework has it: purposes 1 (store and
 * access information on a device) and 8 (measure content performance), or those of the script's `data-purposes`.
 *
 * `__tcfapi('addEventListener', 2, callback)` calls back with the state and at every change; `cmpuishown` means that the
 * shopper has not answered yet.
 * https://github.com/InteractiveAdvertisingBureau/GDPR-Transparency-and-Consent-Framework, "CMP API v2"
 */

import { guarded, later } from '../guard.js';
import { tell } from './parts/consent.js';

const PURPOSES = document.currentScript?.dataset.purposes || '1 8';
const WAIT_MS = 250;
const TRIES = 40;

/** @param {any} state */
function isAllowed({ gdprApplies, purpose }) {
  if (gdprApplies === false) return true;
  for (const id of PURPOSES.split(' ')) if (id && purpose?.consents?.[id] !== true) return false;
  return true;
}

const read = guarded((/** @type {any} */ state, /** @type {boolean} */ isKnown) => {
  if (isKnown && state.eventStatus != 'cmpuishown') tell(isAllowed(state));
});

/** @param {number} tries the consent manager's stub may come after this script */
function start(tries) {
  const api = /** @type {any} */ (window).__tcfapi;
  if (api) api('addEventListener', 2, read);
  else if (tries) later(() => start(tries - 1), WAIT_MS);
}

guarded(start)(TRIES);
