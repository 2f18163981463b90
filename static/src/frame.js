/** The widget as an element: where it is, what it says, how it goes. */

import { button, CLOSE, element } from './elements.js';
import { layoutOf } from './layouts/index.js';
import { dress, makeHost } from './shadow.js';

/** @typedef {import('./types.js').Actions} Actions */
/** @typedef {import('./types.js').Content} Content */

const ADDED = 'Added to your order.';

/**
 * Build it; an inline one is placed at once, a dialog when it is shown.
 * @param {Content} content
 * @param {HTMLElement | undefined} slot
 * @param {Actions} actions
 */
export function createFrame(content, slot, actions) {
  const frame = layoutOf(content.layout, !!slot)(content, actions);
  const dialog = frame instanceof HTMLDialogElement ? frame : undefined;
  const { host, root } = makeHost(!!dialog);
  frame.dir = content.direction || 'ltr';
  frame.setAttribute('aria-label', content.headline);
  dress(frame, content.theme || {}, slot || document.body);
  root.append(frame);
  if (dialog) {
    dialog.onclose = actions.decline;
    dialog.oncancel = (event) => frame.querySelector('[aria-busy=true]') && event.preventDefault();
  } else {
    slot?.append(host);
  }

  /** Leave; a keyboard user who was in an inline widget goes on from where it was. */
  function close() {
    const hadFocus = root.activeElement;
    dialog?.close();
    frame.remove();
    if (dialog) host.remove();
    else if (hadFocus) focus(host);
  }

  return {
    host,
    close,

    /** @returns {boolean} whether it really is on screen */
    show() {
      if (dialog) {
        document.body.append(host);
        dialog.showModal();
      }
      const { width, height } = frame.getBoundingClientRect();
      return width > 0 && height > 0;
    },

    /**
     * @param {boolean} isBusy
     * @param {string} text what went wrong
     */
    say(isBusy, text) {
      frame.querySelector('.accept')?.setAttribute('aria-busy', String(isBusy));
      const note = frame.querySelector('.note');
      if (note) note.textContent = text;
    },

    /** Say that it was added, and nothing else. */
    confirm() {
      const messages = content.messages || {};
      const done = element('p', 'done', messages.added || ADDED);
      done.setAttribute('role', 'status');
      const sheet = dialog?.firstElementChild || frame;
      sheet.textContent = '';
      sheet.append(done);
      if (dialog) sheet.append(button('decline', messages.close || CLOSE, close));
      focus(done);
    },
  };
}

/** @param {HTMLElement} target */
function focus(target) {
  target.tabIndex = -1;
  target.focus({ preventScroll: true });
}
