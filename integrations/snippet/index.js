/** Loads the snippet from a store's edge, once a page, and gives its commands at once. */

/** @typedef {import('./upsell.js').Upsell} Upsell */

/** @param {...unknown} call kept until the snippet is there, which takes the queue over */
function stub(...call) {
  (stub.q ||= []).push(call);
}
/** @type {unknown[][] | undefined} */
stub.q = undefined;

/**
 * @param {import('./index.js').LoadOptions} options
 * @returns {Upsell} may be called at once, and does nothing on a server
 */
export function loadOfferlift(options) {
  if (typeof document === 'undefined') return /** @type {Upsell} */ (() => {});
  const page = /** @type {Window & {upsell?: Upsell}} */ (window);
  if (!page.upsell) {
    page.upsell = /** @type {Upsell} */ (/** @type {unknown} */ (stub));
    addScripts(options);
  }
  // by its name: the snippet puts its own function into the stub's place
  return /** @type {Upsell} */ ((...call) => /** @type {any} */ (page.upsell)(...call));
}

/** @param {import('./index.js').LoadOptions} options */
function addScripts({ edge, key, visitorId, consent, nonce, adapters = [] }) {
  const folder = edge.replace(/\/+$/, '') + '/s/';
  const snippet = createScript(folder + 'upsell.js', nonce);
  snippet.dataset.key = key;
  if (visitorId) snippet.dataset.visitorId = visitorId;
  if (consent) snippet.dataset.consent = consent;
  document.head.append(snippet, ...adapters.map((name) => createScript(`${folder}${name}.js`, nonce)));
}

/**
 * @param {string} address
 * @param {string} [nonce]
 */
function createScript(address, nonce) {
  const script = document.createElement('script');
  script.async = true;
  script.src = address;
  if (nonce) script.nonce = nonce;
  return script;
}
