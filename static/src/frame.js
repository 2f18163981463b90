/** The widget as an element: where it is, what it says, how it goes. */

import { acknowledge } from './confirmation.js';
import { dress } from './dress.js';
import { inline } from './layouts/inline.js';
import { makeRoot } from './shadow.js';
import { watchView } from './viewing.js';

/**
 * Without a slot only a dialog can be shown; a layout that no part has brought is shown as a card.
 * @type {import('./types.js').CreateFrame}
 */
export function createFrame(content, isInline, actions, { layouts, sections, css, nonce, adapters, log }) {
  const layout = layouts[isInline ? content.layout : 'dialog'] || inline;

  /** A dialog, or what stands in the slot. @type {any} */
  const frame = layout(content, actions, sections[content.layout]);
  const isOver = !!frame.showModal;
  const root = makeRoot(isOver, css, nonce);
  const host = /** @type {HTMLElement} */ (root.host);
  frame.dir = content.direction || 'ltr';
  frame.setAttribute('aria-label', content.headline);
  root.append(frame);
  frame.onclose = actions.decline;
  frame.oncancel = () => !frame.matches('[aria-busy=true]');
  /** Ends the watch of how long it is in view. @type {() => unknown} */
  let unwatch = Date;

  /**
   * @param {HTMLElement} home the slot
   * @returns {boolean} whether it stands there now; a dialog doesn't
   */
  function place(home) {
    dress(frame, content.theme || {}, home);
    const parent = isOver ? document.body : home;
    if (host.parentNode != parent) parent.append(host);
    return !isOver;
  }

  return {
    place,

    /**
     * @param {HTMLElement} home
     * @param {import('./types.js').Decision} decision
     * @returns {boolean} whether it really is on screen
     */
    show(home, decision) {
      place(home);
      frame.showModal?.();
      unwatch = watchView(frame, (ms) => log?.('view', decision, { ms }));
      return frame.offsetHeight > 0;
    },

    /** Leave; a keyboard user who was in an inline widget goes on from where it was. */
    close() {
      unwatch();
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

    /** @param {import('./types.js').Decision} decision with what came of it */
    confirm(decision) {
      unwatch();
      acknowledge(frame, decision, adapters.undo);
    },
  };
}

/** @param {HTMLElement} target */
function focus(target) {
  target.tabIndex = -1;
  target.focus({ preventScroll: true });
}
