/** Triggers by the kind that the edge names; one that this version doesn't know fires like a visible slot. */

import { exitIntent } from './exit_intent.js';
import { slotVisible } from './slot_visible.js';

/** @typedef {import('../types.js').Trigger} Trigger */

/** @type {Record<string, Trigger>} */
const TRIGGERS = { exit_intent: exitIntent };

/**
 * @param {string | undefined} kind
 * @returns {Trigger}
 */
export function triggerOf(kind) {
  return TRIGGERS[kind || ''] || slotVisible;
}
