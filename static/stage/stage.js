/* On the stage: start the snippet, and tell the page around the frame how high the widget is. */

'use strict';

window.upsell = window.upsell || function (...call) {
  (window.upsell.q = window.upsell.q || []).push(call);
};
window.upsell('page', {});

/* A dialog takes the focus when it opens, from the page around the frame as well, where somebody may be typing. One that is
   inert at that moment has nothing to focus. */
const { showModal } = HTMLDialogElement.prototype;
HTMLDialogElement.prototype.showModal = function showWithoutFocus() {
  this.inert = true;
  showModal.call(this);
  this.inert = false;
};

const main = document.querySelector('main');
const NARROWEST_PX = 200; // below, the frame itself is still being laid out

new ResizeObserver(() => {
  const { width, height } = main.getBoundingClientRect();
  if (width >= NARROWEST_PX) window.parent.postMessage({ stage: Math.ceil(height) }, '*');
}).observe(main);
