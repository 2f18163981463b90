/** Part: what every offer is drawn with, and the card and the line. */

import { createFrame } from '../frame.js';

/** @type {import('../types.js').Part['drawing']} */
export const drawing = { createFrame };
