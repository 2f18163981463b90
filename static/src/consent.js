/** Whether anything may be stored or sent. */

import { isConsentRequired } from './config.js';
import { forget } from './identity.js';
import { allowWriting, eraseStorage, local } from './storage.js';
import { campaign } from './visit.js';

const REFUSED = 'refused';

let isGiven = !isConsentRequired && !local.read(REFUSED);
allowWriting(isGiven);

/** @returns {boolean} */
export function hasConsent() {
  return isGiven;
}

/**
 * Remember the shopper's answer; a withdrawal erases everything that was stored. Where consent is not required,
 * the refusal itself is kept, so that the next page respects it.
 * @param {boolean} value
 */
export function setConsent(value) {
  isGiven = value;
  allowWriting(true);
  if (value) {
    local.erase(REFUSED);
    campaign();
  } else {
    eraseStorage();
    forget();
    if (!isConsentRequired) local.write(REFUSED, true);
    allowWriting(false);
  }
}
