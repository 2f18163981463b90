'use strict';
(() => {
  const address = document.body.dataset.seen;
  let timer;
  const tell = () => { removeEventListener('pointerdown', tell); navigator.sendBeacon(address); };
  const watch = () => {
    clearTimeout(timer);
    if (document.visibilityState === 'visible') timer = setTimeout(tell, 1000);
  };
  document.addEventListener('visibilitychange', watch);
  addEventListener('pointerdown', tell);
  watch();
})();
