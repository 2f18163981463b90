/**
 * The shopper's answer from WordPress's consent API, which consent managers for WordPress speak.
 *
 * https://github.com/WordPress/wp-consent-level-api : `wp_has_consent(category)` says what holds by the kind of consent
 * that the region needs (`window.wp_consent_type`); the document's event `wp_listen_for_consent_change` has what changed as
 * `{category: 'allow' | 'deny'}`, and `wp_consent_type_defined` comes once the kind is known. The category is the tag's
 * `data-category`, `statistics` without it.
 */

import { guarded, listen } from '../guard.js';
import { tell } from './parts/consent.js';

const category = document.currentScript?.dataset.category || 'statistics';

/** Ask the API, once it is there. A manager may first have to find out where the shopper is: until then it says "yes". */
const read = guarded(() => {
  const { wp_has_consent, waitfor_consent_hook, wp_consent_type } = /** @type {any} */ (window);
  if (wp_has_consent && (wp_consent_type || !waitfor_consent_hook)) tell(wp_has_consent(category));
});

for (const type of ['wp_listen_for_consent_change', 'wp_consent_type_defined', 'DOMContentLoaded']) {
  listen(document, type, () => read());
}
listen(window, 'load', () => read());
read();
