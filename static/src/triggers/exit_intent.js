/** Fires when the shopper is about to leave: once a session, never in the way of something else. */

import { later, listen } from '../guard.js';
import { session } from '../storage.js';

const CALM_MS = 5000;
const AWAY_MS = 3000;
const FLICK_PX = 300;
const FLICK_MS = 300;
const FIELDS = 'input,select,textarea,iframe,[contenteditable]';
const DIALOGS = 'dialog[open],[role=dialog],[role=alertdialog],[aria-modal=true]';
const FIRED = 'exit';

/** @returns {boolean} true once it has fired in this session */
export function isExitSpent() {
  return !!session.read(FIRED);
}

/** @param {Element} element */
function isShown(element) {
  const box = element.getBoundingClientRect();
  return box.width > 0 && box.height > 0 && getComputedStyle(element).visibility == 'visible';
}

/** @returns {boolean} true while a field has the focus (an iframe may be a card form) or a dialog is open */
function isBusy() {
  if (document.activeElement?.matches(FIELDS)) return true;
  for (const dialog of document.querySelectorAll(DIALOGS)) if (isShown(dialog)) return true;
  return false;
}

/**
 * A desktop pointer leaves through the top.
 * @param {() => void} leave
 */
function watchPointer(leave) {
  return listen(document, 'mouseout', (event) => {
    if (!event.relatedTarget && event.clientY <= 0) leave();
  });
}

/**
 * A finger flicks towards the address bar.
 * @param {() => void} leave
 */
function watchScroll(leave) {
  let fromY = window.scrollY;
  let fromTime = 0;
  return listen(window, 'scroll', () => {
    const y = window.scrollY;
    const now = performance.now();
    if (y > fromY || now - fromTime > FLICK_MS) {
      fromY = y;
      fromTime = now;
    } else if (fromY - y >= FLICK_PX) {
      leave();
    }
  });
}

/**
 * Back from another tab or app.
 * @param {() => void} leave
 */
function watchReturn(leave) {
  let hiddenAt = 0;
  return listen(document, 'visibilitychange', () => {
    if (document.visibilityState == 'hidden') hiddenAt = Date.now();
    else if (hiddenAt && Date.now() - hiddenAt >= AWAY_MS) leave();
  });
}

/**
 * @param {HTMLElement | undefined} _slot an exit offer has none
 * @param {() => void} fire
 */
export function exitIntent(_slot, fire) {
  const isTouch = matchMedia('(pointer: coarse)').matches;
  /** @type {(() => void)[]} */
  let watches = [];

  function stop() {
    clearTimeout(timer);
    for (const unlisten of watches) unlisten();
  }

  function leave() {
    if (isExitSpent() || isBusy()) return;
    session.write(FIRED, true);
    stop();
    fire();
  }

  const timer = later(() => {
    watches = isTouch ? [watchScroll(leave), watchReturn(leave)] : [watchPointer(leave)];
  }, CALM_MS);
  return stop;
}
