/** Part: what every offer is drawn with, the card and the line, and what stays of an offer from an earlier page. */

import { resume } from '../confirmation.js';
import { createFrame } from '../frame.js';

/** @type {import('../types.js').Part['drawing']} */
export const drawing = { createFrame, resume };
