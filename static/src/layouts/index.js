/** Layouts by name; a name that this version doesn't know is shown as a card. */

import { dialog } from './dialog.js';
import { inline } from './inline.js';

/** @typedef {import('../types.js').Layout} Layout */

/**
 * @param {string} name
 * @param {boolean} hasSlot without a slot only a dialog can be shown
 * @returns {Layout}
 */
export const layoutOf = (name, hasSlot) => (hasSlot && name != 'dialog' ? inline : dialog);
