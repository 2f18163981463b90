/**
 * The slots of a moment. Whatever the variant, the page finds the same in them: first a marker of ours, full width and
 * one pixel high, which no rule of the page can hide, then one element more, the widget's or an empty one in its place.
 * Rules such as `:empty`, `:only-child` or `:has()` then match in every variant or in none.
 */

const ALWAYS = 'all:initial!important;display:block!important;';
const MARK =
  'flex:none!important;grid-column:1/-1!important;' +
  'width:100%!important;height:1px!important;margin-inline-end:-100%!important;';
/** Afloat, it takes no room, and margins around it collapse as if it weren't there. */
const AFLOAT = 'float:inline-start!important';

/** Heights that were let go. @type {WeakMap<Element, Animation>} */
const collapsed = new WeakMap();

/**
 * An element that the page's rules don't reach; set by way of the object model, which policies allow.
 * @param {string} attribute
 * @param {string} style
 * @returns {HTMLElement}
 */
function bare(attribute, style) {
  const made = document.createElement('div');
  made.setAttribute(attribute, '');
  made.style.cssText = ALWAYS + style;
  return made;
}

/**
 * What stands in the widget's place where there is none.
 * @param {Element} slot
 */
export const placeholderOf = (slot) => slot.querySelector('[data-upsell-place]');

/** Remove what a page kept with a copy of itself (Turbo does): a copied widget is empty for ever. */
export function removeDead() {
  for (const host of document.querySelectorAll('[data-upsell-widget]')) if (!host.shadowRoot) host.remove();
}

/**
 * Put a marker and an empty place into a slot.
 * @param {Element} slot
 * @returns {HTMLElement} the marker
 */
export function mark(slot) {
  for (const dead of slot.querySelectorAll('[data-upsell-marker],[data-upsell-place]')) dead.remove();
  // what overflows is cut off here, and floats don't give a slot the pixel that the marker needs
  const isClipped = getComputedStyle(slot).overflowY == 'clip';
  const marker = bare('data-upsell-marker', isClipped ? MARK : MARK + AFLOAT);
  slot.prepend(marker);
  slot.append(bare('data-upsell-place', ''));
  return marker;
}

/**
 * @param {string} moment
 * @returns {NodeListOf<HTMLElement>}
 */
export const slotsOf = (moment) => document.querySelectorAll(`[data-upsell-slot="${moment}"]`);

/**
 * Let go of the height that a moment's slots reserve, where nothing will come: at once, because a page without an offer has
 * no hole. Where the shopper has scrolled, or has just pressed or typed, nothing moves under their hands: only where they
 * aren't looking, below the screen. A height written with `!important` stays.
 *
 * `isActive` is of the last five seconds and of this page: `hasBeenActive` is true from the start where a click led here.
 * @param {string} moment
 * @param {boolean} [isDeclined] the shopper has just sent away what was there
 */
export function collapse(moment, isDeclined) {
  const isUsed = !isDeclined && (scrollY || navigator.userActivation?.isActive);
  for (const slot of slotsOf(moment)) {
    if ((isUsed && slot.getBoundingClientRect().top <= innerHeight) || collapsed.has(slot)) continue;
    collapsed.set(slot, slot.animate({ minHeight: 0, height: 'auto' }, { fill: 'both' }));
  }
}

/** @param {Element} slot whose height is wanted again */
export function reserve(slot) {
  collapsed.get(slot)?.cancel();
  collapsed.delete(slot);
}
