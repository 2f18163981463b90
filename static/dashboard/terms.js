// Meanings of terms. They are popovers, which a click, Escape and a click elsewhere open and close by themselves; this
// opens them for the pointer and the keyboard's focus, and places them beside the term.
const WAIT_MS = 200; // long enough to cross from the term to its meaning
const EDGE = 8; // pixels that are left free around a meaning

const meaningOf = (term) => document.getElementById(term.getAttribute("popovertarget"));
const termOf = (meaning) => document.querySelector(`[popovertarget="${meaning.id}"]`);

const place = (meaning) => {
  const term = termOf(meaning).getBoundingClientRect();
  const { width, height } = meaning.getBoundingClientRect();
  const left = Math.min(term.left, document.documentElement.clientWidth - width - EDGE);
  const fitsBelow = term.bottom + EDGE + height < innerHeight;
  const top = fitsBelow ? term.bottom + EDGE : term.top - EDGE - height;
  meaning.style.left = `${Math.max(EDGE, left)}px`;
  meaning.style.top = `${Math.max(EDGE, top)}px`;
};

let waiting;
const later = (act) => {
  clearTimeout(waiting);
  waiting = setTimeout(act, WAIT_MS);
};
const hideAll = () => {
  for (const meaning of document.querySelectorAll(".term-meaning:popover-open")) meaning.hidePopover();
};
const show = (term) => {
  const meaning = meaningOf(term);
  if (meaning?.isConnected && !meaning.matches(":popover-open")) meaning.showPopover();
};

// The event doesn't bubble, and comes before the browser draws the popover.
document.addEventListener("toggle", ({ target }) => {
  if (target.matches?.(".term-meaning:popover-open")) place(target);
}, true);

document.addEventListener("pointerover", ({ target, pointerType }) => {
  if (pointerType !== "mouse") return; // a finger taps, which is a click
  const term = target.closest(".term");
  if (term) later(() => show(term));
  else if (target.closest(".term-meaning")) clearTimeout(waiting);
  else if (!document.activeElement?.matches(".term")) later(hideAll);
});

document.addEventListener("focusin", ({ target }) => {
  if (target.matches(".term:focus-visible")) show(target);
  else hideAll();
});

// A meaning stays where it was opened, and would stand beside something else.
document.addEventListener("scroll", hideAll, { capture: true, passive: true });
