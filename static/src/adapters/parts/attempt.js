/** A change of the cart that is taken back where it fails, at the latest when the network is back. */

import { guarded } from '../../guard.js';
import { inTurn } from './http.js';

/** @type {(() => Promise<unknown>) | undefined} */
let owed;

async function settle() {
  const undo = owed;
  await undo?.();
  if (owed == undo) owed = undefined;
}

/**
 * What an earlier attempt owes comes first.
 * @template T
 * @param {(begin: (undo: () => Promise<unknown>) => void) => Promise<T>} change says before its first step how to undo
 * @returns {Promise<T>} throws what `change` threw
 */
export async function attempt(change) {
  await settle();
  try {
    const result = await change((undo) => (owed = undo));
    owed = undefined;
    return result;
  } catch (error) {
    await settle().catch(() => {});
    throw error;
  }
}

addEventListener('online', guarded(() => inTurn(settle)));
