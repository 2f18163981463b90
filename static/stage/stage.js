/* On the stage: start the snippet, and tell the page around the frame how high the widget is. */

'use strict';

window.upsell = window.upsell || function (...call) {
  (window.upsell.q = window.upsell.q || []).push(call);
};
window.upsell('page', {});

const main = document.querySelector('main');
const NARROWEST_PX = 200; // below, the frame itself is still being laid out

new ResizeObserver(() => {
  const { width, height } = main.getBoundingClientRect();
  if (width >= NARROWEST_PX) window.parent.postMessage({ stage: Math.ceil(height) }, '*');
}).observe(main);
