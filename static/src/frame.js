/** The widget as an element: where it is, what it says, how it goes. */

import { adapters } from './accept.js';
import { inline } from './layouts/inline.js';
import { brought } from './parts.js';
import { makeRoot } from './shadow.js';

/** @typedef {import('./types.js').Actions} Actions */
/** @typedef {import('./types.js').Content} Content */
/** @typedef {import('./types.js').Decision} Decision */

/**
 * Without a slot only a dialog can be shown; a layout that nobody has brought is shown as a card.
 * @param {Content} content
 * @param {HTMLElement | null} slot
 */
const layoutOf = ({ layout }, slot) => brought.layouts[slot ? layout : 'dialog'] || inline;

/**
 * @param {Content} content
 * @param {HTMLElement | null} slot
 * @param {Actions} actions
 */
export function createFrame(content, slot, actions) {
  /** A dialog, or what stands in the slot. @type {any} */
  const frame = layoutOf(content, slot)(content, actions, brought.sections[content.layout]);
  const isOver = !!frame.showModal;
  const root = makeRoot(isOver);
  const host = /** @type {HTMLElement} */ (root.host);
  const home = slot || document.body;
  frame.dir = content.direction || 'ltr';
  frame.setAttribute('aria-label', content.headline);
  brought.dress?.(frame, content.theme || {}, home);
  root.append(frame);
  frame.onclose = actions.decline;
  frame.oncancel = () => !frame.matches('[aria-busy=true]');

  function place() {
    if (!host.isConnected) (isOver ? document.body : home).append(host);
  }

  return {
    place,

    /** @returns {boolean} whether it really is on screen */
    show() {
      place();
      frame.showModal?.();
      return frame.offsetHeight > 0;
    },

    /** Leave; a keyboard user who was in an inline widget goes on from where it was. */
    close() {
      const hadFocus = root.activeElement;
      frame.close?.();
      frame.remove();
      if (hadFocus && !isOver) focus(host);
      else host.remove();
    },

    /** What was said of the deadline is no longer true. */
    expire: () => frame.querySelector('.deadline')?.remove(),

    /**
     * @param {boolean} isBusy
     * @param {string} [text] what went wrong
     */
    say(isBusy, text = '') {
      frame.setAttribute('aria-busy', isBusy);
      for (const part of frame.querySelectorAll('.note,input')) {
        part.textContent = text;
        part.checked = isBusy;
      }
    },

    /** Whether it stays once it is accepted: it can be taken back. */
    stays: () => adapters.undo && frame.settle && host.isConnected,

    /** @param {Decision} decision with what came of it */
    confirm: (decision) => brought.acknowledge?.(frame, decision, adapters.undo),
  };
}

/** @param {HTMLElement} target */
function focus(target) {
  target.tabIndex = -1;
  target.focus({ preventScroll: true });
}
