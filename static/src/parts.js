/**
 * Parts: what an offer is drawn with, and triggers that few pages need. A decision names those that any variant of its
 * experiment needs; they are fetched from where the snippet itself is. `modulepreload` checks the integrity, is no Trusted Types sink and takes
 * the page's nonce; `import()` then runs what was checked, without a second request.
 */

import { adapters } from './accept.js';
import { nonce, scriptUrl } from './config.js';
import { log } from './events.js';
import { guarded, later } from './guard.js';

/** @typedef {import('./types.js').Part} Part */
/** @typedef {import('./types.js').PartReference} PartReference */

const PATIENCE_MS = 800;
/** The card of this release, for an edge that names no parts. */
const OWN_CARD = /** @type {PartReference} */ (/** @type {any} */ (globalThis).OWN_CARD);

/** @type {import('./types.js').Brought} */
export const brought = { layouts: {}, sections: {}, triggers: {}, css: '', log, nonce, adapters };

/** By address, those that are there. @type {Record<string, boolean>} */
const installed = {};

/** @param {Part} part */
function install({ layouts, sections, triggers, css, drawing }) {
  Object.assign(brought.layouts, layouts);
  Object.assign(brought.sections, sections);
  Object.assign(brought.triggers, triggers);
  brought.css += css || '';
  Object.assign(brought, drawing);
}

/**
 * @param {PartReference} reference
 * @param {() => void} onLoad
 */
function load({ name, digest, integrity }, onLoad) {
  const href = new URL(`${name}-${digest}.js`, scriptUrl).href;
  if (installed[href]) return onLoad();
  const run = guarded(async () => {
    const part = await import(href);
    if (!installed[href]) install(part);
    installed[href] = true;
    onLoad();
  });
  const link = document.createElement('link');
  document.head.append(Object.assign(link, { rel: 'modulepreload', nonce, integrity, href, onload: run }));
}

/**
 * Whether all of them are there within 800 ms; the card alone where none are named.
 * @type {import('./types.js').Arrive}
 */
export const arrive = (references) =>
  new Promise((/** @type {(areThere?: boolean) => void} */ resolve) => {
    const wanted = references?.length ? references : [OWN_CARD];
    let missing = wanted.length;
    later(resolve, PATIENCE_MS);
    for (const reference of wanted) load(reference, () => --missing || resolve(true));
  });
