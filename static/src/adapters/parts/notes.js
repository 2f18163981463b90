/** Who the visitor is and which variants they were exposed to, for the cart to carry into the order. */

import { guarded } from '../../guard.js';
import { ask } from './queue.js';

/** @typedef {Record<string, string>} Assignments variant by experiment */
/** @typedef {(visitor: string, assignments: Assignments) => Promise<unknown>} Write */

/**
 * Keep the notes of this page with the cart; `write` gets an empty visitor once consent is withdrawn.
 * @param {Write} write
 */
export function keepNotes(write) {
  let visitor = '';
  /** @type {Assignments} */
  let assignments = {};
  const save = guarded(() => write(visitor, assignments));

  /** @param {string} id */
  function know(id) {
    visitor = id;
    save();
  }

  /** @param {CustomEvent} event */
  function note({ type, detail }) {
    if (type == 'upsell:exposure') {
      assignments = { ...assignments, [detail.experiment]: detail.variant };
      if (visitor) save();
    } else if (type == 'upsell:consent') {
      assignments = {};
      if (detail.isGiven) ask('visitor', know);
      else know('');
    }
  }

  for (const type of ['upsell:exposure', 'upsell:consent']) document.addEventListener(type, guarded(/** @type {any} */ (note)));
  ask('visitor', know);
  // The older name of `replay`: a snippet that a browser has cached may know no other.
  ask('told', note);
}
