/** What the script element says. */

const script = /** @type {HTMLScriptElement | null} */ (
  document.currentScript || document.querySelector('script[data-key][src*="/upsell"]')
);
/** @type {DOMStringMap} */
const attributes = script?.dataset || {};

/** The store's public key; without it nothing happens. */
export const siteKey = attributes.key;

/** Where the script itself is; its parts are beside it. */
export const scriptUrl = script?.src;

/** An address one folder below the edge, as the script's own is; `data-api` may name another. */
export const api = attributes.api || scriptUrl;

/** The visitor id that the page itself keeps. */
export const ownVisitorId = attributes.visitorId;

/** Wait for `upsell('consent', true)`: asked for by the page, or by the browser's Global Privacy Control. */
export const isConsentRequired =
  attributes.consent == 'required' || /** @type {any} */ (navigator).globalPrivacyControl;

/** The nonce of a strict Content-Security-Policy: for parts, and for browsers without constructed style sheets. */
export const nonce = script?.nonce || '';
