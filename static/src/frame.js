/** The widget as an element: where it is, what it says, how it goes. */

import { element } from './elements.js';
import { layoutOf } from './layouts/index.js';
import { dress, makeRoot } from './shadow.js';

/** @typedef {import('./types.js').Actions} Actions */
/** @typedef {import('./types.js').Content} Content */

/**
 * @param {Content} content
 * @param {HTMLElement | null} slot
 * @param {Actions} actions
 */
export function createFrame(content, slot, actions) {
  /** A dialog, or what stands in the slot. @type {any} */
  const frame = layoutOf(content.layout, !!slot)(content, actions);
  const isOver = !!frame.showModal;
  const root = makeRoot(isOver);
  const host = /** @type {HTMLElement} */ (root.host);
  const home = slot || document.body;
  frame.dir = content.direction || 'ltr';
  frame.setAttribute('aria-label', content.headline);
  dress(frame, content.theme || {}, home);
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

    /** Say that it was added, and nothing else. */
    confirm() {
      const done = element('p.done', content.messages.added, { role: 'status' });
      const sheet = isOver ? frame.firstChild : frame;
      sheet.textContent = '';
      sheet.append(done);
      focus(done);
    },
  };
}

/** @param {HTMLElement} target */
function focus(target) {
  target.tabIndex = -1;
  target.focus({ preventScroll: true });
}
