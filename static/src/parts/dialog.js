/** Part: what opens over the page, and exit intent, which always does. */

import dialogCss from '../layouts/dialog.css';
import { dialog } from '../layouts/dialog.js';
import listCss from '../layouts/list.css';
import { exitIntent } from '../triggers/exit_intent.js';

/** @typedef {import('../types.js').Part} Part */

/** @type {Part['layouts']} */
export const layouts = { dialog };

/** @type {Part['triggers']} */
export const triggers = { exit_intent: exitIntent };

export const css = listCss + dialogCss;
