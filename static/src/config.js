/** What the script element says. */

/** A tag manager's script is not the current one while it runs. */
const script = /** @type {HTMLScriptElement | null} */ (
  document.currentScript || document.querySelector('script[src*="/upsell"]')
);
/** @type {DOMStringMap} */
const attributes = script?.dataset || {};

/** Where the script itself is; its parts are beside it. */
export const scriptUrl = script?.src;

/** The store's public key, which the script's address may name instead: tag managers drop attributes. */
export const siteKey = attributes.key || /[?&]key=([^&#]+)/.exec(scriptUrl || '')?.[1];

/** An address one folder below the edge, as the script's own is; `data-api` may name another. */
export const api = attributes.api || scriptUrl;

/** The visitor id that the page itself keeps. */
export const ownVisitorId = attributes.visitorId;

/** Wait for `upsell('consent', true)`: asked for by the page, or by the browser's Global Privacy Control. */
export const isConsentRequired =
  attributes.consent == 'required' || /** @type {any} */ (navigator).globalPrivacyControl;

/** The nonce of a strict Content-Security-Policy: for parts, and for browsers without constructed style sheets. */
export const nonce = script?.nonce || '';
