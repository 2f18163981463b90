/**
 * Consent as Google Consent Mode has it: `analytics_storage`.
 *
 * The page or its consent manager calls `gtag('consent', 'default' | 'update', {...})`, which pushes its arguments to
 * `dataLayer` (https://developers.google.com/tag-platform/security/guides/consent); once Google's tag has taken them
 * over, `google_tag_data.ics.entries` holds the state. Neither tells others of a change and nothing may be wrapped
 * here, so both are read twice a second.
 */

import { guarded } from '../guard.js';
import { tell } from './parts/consent.js';

const TYPE = 'analytics_storage';
const EVERY_MS = 500;
const GRANTED = { granted: true, denied: false };

/** @type {any} */
const host = window;
/** How far `dataLayer` has been read. */
let position = 0;
/** @type {boolean | undefined} */
let pushed;

/** The state in Google's tag. @returns {boolean | undefined} */
function inTag() {
  const entry = host.google_tag_data?.ics?.entries?.[TYPE];
  return entry?.update ?? entry?.default ?? entry?.initial;
}

/** The newest command in `dataLayer`; region-specific defaults are the tag's to judge. @returns {boolean | undefined} */
function inDataLayer() {
  const layer = host.dataLayer;
  const length = layer?.length || 0;
  if (length < position) position = 0;
  for (; position < length; position++) {
    const { 0: command, 2: state } = Object(layer[position]);
    if (command == 'consent' && state && !state.region) pushed = GRANTED[/** @type {'granted'} */ (state[TYPE])] ?? pushed;
  }
  return pushed;
}

const read = guarded(() => {
  const isPushed = inDataLayer();
  tell(inTag() ?? isPushed);
});

read();
setInterval(read, EVERY_MS);
