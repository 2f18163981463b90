/** Layouts by name; a name that this version doesn't know is shown as a card. */

import { card } from './card.js';
import { dialog } from './dialog.js';
import { line } from './line.js';

/** @typedef {import('../types.js').Layout} Layout */

/** @type {Record<string, Layout>} */
const LAYOUTS = { card, line, dialog };

/**
 * @param {string} name
 * @param {boolean} hasSlot without a slot only a dialog can be shown
 * @returns {Layout}
 */
export function layoutOf(name, hasSlot) {
  return hasSlot ? LAYOUTS[name] || card : dialog;
}
