/**
 * Parts: layouts and triggers that few pages need. A decision names those that any variant of its experiment needs; they
 * are fetched from where the snippet itself is. `modulepreload` checks the integrity, is no Trusted Types sink and takes
 * the page's nonce; `import()` then runs what was checked, without a second request.
 */

import { nonce, scriptUrl } from './config.js';
import { element } from './elements.js';
import { guarded, later } from './guard.js';

/** @typedef {import('./types.js').Layout} Layout */
/** @typedef {import('./types.js').Part} Part */
/** @typedef {import('./types.js').PartReference} PartReference */
/** @typedef {import('./types.js').Section} Section */
/** @typedef {import('./types.js').Trigger} Trigger */

const PATIENCE_MS = 800;

/** What the parts that are there have brought. */
export const brought = {
  /** @type {Record<string, Layout>} */
  layouts: {},
  /** @type {Record<string, Section>} */
  sections: {},
  /** @type {Record<string, Trigger>} */
  triggers: {},
  css: '',
  /** @type {Part['dress']} */
  dress: undefined,
  /** @type {Part['acknowledge']} */
  acknowledge: undefined,
  /** @type {Part['resume']} */
  resume: undefined,
};

/** By address, those that are there. @type {Record<string, boolean>} */
const installed = {};

/** @param {Part} part */
function install({ layouts, sections, triggers, css, dress, acknowledge, resume }) {
  Object.assign(brought.layouts, layouts);
  Object.assign(brought.sections, sections);
  Object.assign(brought.triggers, triggers);
  brought.css += css || '';
  brought.dress = dress || brought.dress;
  brought.acknowledge = acknowledge || brought.acknowledge;
  brought.resume = resume || brought.resume;
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
  document.head.append(element('link', { rel: 'modulepreload', nonce, integrity, href, onload: run }));
}

/**
 * @param {PartReference[]} references
 * @returns {Promise<boolean>} whether all of them are there within 800 ms
 */
export const arrive = (references = []) =>
  new Promise((resolve) => {
    let missing = references.length;
    later(() => resolve(false), PATIENCE_MS);
    for (const reference of references) load(reference, () => --missing || resolve(true));
  });
