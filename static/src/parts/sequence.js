/** Part: the second offer of a sequence, in the slot of the first, once that was answered. */

import { session } from '../storage.js';

/** What was added is read first; a page that loads itself anew then shows the second offer after that. */
const READ_MS = 600;
const FOLLOWED = 'followed';

/** @type {import('../types.js').Part['drawing']} */
export const drawing = { follow };

/** @type {import('../types.js').Following['follow']} */
function follow({ experiment, step, exposure_token }, widget, slot, onShow) {
  const isPreview = !exposure_token;
  if (!isPreview && session.read(FOLLOWED + experiment)) return false;
  setTimeout(
    () => {
      // whoever reads with the keyboard is in what was declined: the focus goes on from there
      const hadFocus = slot.contains(document.activeElement);
      widget.place(slot);
      if (!widget.show(slot)) return;
      if (!isPreview) session.write(FOLLOWED + experiment, true);
      onShow();
      if (hadFocus && step == 'declined') focusOn(slot);
    },
    step == 'accepted' ? READ_MS : 0,
  );
  return true;
}

/** @param {HTMLElement} slot whose newest widget gets the focus, which is the offer and not its button */
function focusOn(slot) {
  /** @type {NodeListOf<HTMLElement>} */
  const hosts = slot.querySelectorAll('[data-upsell-widget]');
  /** @type {HTMLElement | null | undefined} */
  const frame = hosts[hosts.length - 1]?.shadowRoot?.querySelector('.widget');
  if (!frame) return;
  frame.tabIndex = -1;
  frame.focus({ preventScroll: true });
}
