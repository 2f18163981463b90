/**
 * Consent as Shopify's Customer Privacy API has it: whether analytics are allowed, which takes the store's settings,
 * the shopper's region and their answer together.
 *
 * https://shopify.dev/docs/api/customer-privacy: `analyticsProcessingAllowed()`, the event `visitorConsentCollected`,
 * and `loadFeatures` where the theme has not loaded the API.
 */

import { guarded, listen } from '../guard.js';
import { tell } from './parts/consent.js';

const FEATURE = { name: 'consent-tracking-api', version: '0.1' };

const shopify = () => /** @type {any} */ (window).Shopify;

const read = guarded(() => tell(shopify()?.customerPrivacy?.analyticsProcessingAllowed?.()));

const start = guarded(() => {
  if (shopify()?.customerPrivacy) read();
  else shopify()?.loadFeatures?.([FEATURE], (/** @type {unknown} */ error) => error || read());
});

listen(document, 'visitorConsentCollected', ({ detail }) => tell(detail?.analyticsAllowed));
listen(document, 'shopifyCustomerPrivacyApiLoaded', read);
if (document.readyState == 'loading') listen(document, 'DOMContentLoaded', start);
else start();
