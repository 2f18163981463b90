/** A change of the cart that is taken back where it fails, at the latest when the network is back. */

import { listen } from '../../guard.js';
import { inTurn } from './http.js';

/** @type {(() => Promise<unknown>) | undefined} */
let owed;

async function settle() {
  const undo = owed;
  await undo?.();
  if (owed == undo) owed = undefined;
}

/**
 * @template T
 * @param {() => Promise<T>} change
 * @param {() => Promise<unknown>} undo may be called when there is nothing to undo
 * @returns {Promise<T>} throws what `change` threw
 */
export async function attempt(change, undo) {
  await settle();
  try {
    return await change();
  } catch (error) {
    owed = undo;
    await settle().catch(() => {});
    throw error;
  }
}

listen(window, 'online', () => inTurn(settle));
