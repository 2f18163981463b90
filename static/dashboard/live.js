// Parts of a page that follow what happens: asked for again every data-live seconds, and not while nobody looks.
// Needs htmx: the part carries hx-get and hx-trigger="live".
const due = new WeakMap();

const tick = () => {
  if (document.hidden) return;
  for (const part of document.querySelectorAll("[data-live]")) {
    const seconds = Number(part.dataset.live);
    if (!due.has(part)) due.set(part, Date.now() + seconds * 1000);
    if (Date.now() < due.get(part)) continue;
    due.set(part, Date.now() + seconds * 1000);
    htmx.trigger(part, "live");
  }
};

setInterval(tick, 500);
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  for (const part of document.querySelectorAll("[data-live]")) due.set(part, 0);
  tick();
});
