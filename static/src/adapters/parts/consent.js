/** What a consent manager says, passed on to the snippet; nothing is written back. */

import { ask } from './queue.js';

/** Global Privacy Control is the shopper's own word: no manager's "yes" outweighs it (https://w3c.github.io/gpc/). */
const hasOptedOut = /** @type {any} */ (navigator).globalPrivacyControl === true;

/** @type {boolean | undefined} */
let told;

/**
 * Tell the snippet, where it doesn't know yet.
 * @param {unknown} isGiven undefined while the shopper has not answered
 */
export function tell(isGiven) {
  if (isGiven === undefined) return;
  const value = !!isGiven && !hasOptedOut;
  if (value === told) return;
  told = value;
  ask('consent', value);
}
