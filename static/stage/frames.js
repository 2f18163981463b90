/* Around stages: give each frame the height of what it shows. A dialog lies over its page, so that page keeps its own. */

'use strict';

window.addEventListener('message', ({ source, data }) => {
  if (!data || !Number.isFinite(data.stage)) return;
  for (const frame of document.querySelectorAll('iframe[data-stage]')) {
    if (frame.contentWindow === source && frame.dataset.stage !== 'dialog') frame.style.height = `${data.stage}px`;
  }
});
