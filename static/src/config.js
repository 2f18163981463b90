/** What the script element says. */

const script = /** @type {HTMLScriptElement | null} */ (
  document.currentScript || document.querySelector('script[data-key][src*="/upsell"]')
);

/** @param {string} name */
const attribute = (name) => script?.getAttribute('data-' + name) || '';

/** The store's public key; without it nothing happens. */
export const siteKey = attribute('key');

/** Origin of the edge: the script's own, unless `data-api` names another. */
export const api = (attribute('api') || (script?.src ? new URL(script.src).origin : '')).replace(/\/+$/, '');

/** The visitor id that the page itself keeps. */
export const ownVisitorId = attribute('visitor-id');

/** Wait for `upsell('consent', true)`: asked for by the page, or by the browser's Global Privacy Control. */
export const isConsentRequired =
  attribute('consent') == 'required' || /** @type {any} */ (navigator).globalPrivacyControl === true;

/** The nonce of a strict Content-Security-Policy, for browsers without constructed style sheets. */
export const nonce = script?.nonce || '';
