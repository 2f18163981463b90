/** How long a widget is in view: at least half of it, on a page that is not hidden. */

const HALF = 0.5;

/**
 * @param {HTMLElement} frame
 * @param {(ms: number) => void} tell called whenever the page is hidden, which may be its end, and at the end of the watch
 * @returns {() => void} ends it
 */
export function watchView(frame, tell) {
  let isInView = false;
  /** When it came into view; 0 while it isn't. */
  let since = 0;
  let ms = 0;

  /** @param {unknown} [isToldNow] */
  function update(isToldNow) {
    const now = Date.now();
    if (since) ms += now - since;
    since = isInView && !document.hidden ? now : 0;
    if (!isToldNow || !ms) return;
    tell(ms);
    ms = 0;
  }

  const observer = new IntersectionObserver(
    (entries) => {
      for (const { intersectionRatio } of entries) isInView = intersectionRatio >= HALF;
      update();
    },
    { threshold: HALF },
  );
  observer.observe(frame);
  // before the core's listener, which sends what there is
  document.addEventListener('visibilitychange', update, true);
  return () => {
    observer.disconnect();
    isInView = false;
    update(true);
  };
}
