/** Colours and type, as the widget's theme and the page around it ask for. */

import { each } from './elements.js';

/** @typedef {import('./types.js').Theme} Theme */

/**
 * Whether the page is dark here: its text is light. Browsers give a computed colour as `rgb(...)`, as `color(srgb ...)`,
 * or, where the page wrote it so, as `oklch(...)`, `oklab(...)`, `lch(...)` or `lab(...)`, which begin with the lightness.
 * @param {Element} place
 */
function isDark(place) {
  const { color } = getComputedStyle(place);
  /** @type {any} */
  const [first, second, third] = each(color.match(/[\d.]+/g) || [], Number);
  const sum = /^[lo]/.test(color) ? first * 3 : first + second + third;
  return sum > (/^r/.test(color) ? 382 : /^l/.test(color) ? 150 : 1.7);
}

/**
 * Give the widget the theme's colours and font, and the page's where the theme says so.
 * @param {HTMLElement} frame
 * @param {Theme} theme
 * @param {Element} place where in the page it will be shown
 */
export function dress(frame, { scheme, font, ...properties }, place) {
  frame.classList.toggle('dark', scheme == 'dark' || (scheme != 'light' && isDark(place)));
  if (font) properties.font = font == 'inherit' ? getComputedStyle(place).fontFamily : font;
  for (const [name, value] of Object.entries(properties)) {
    frame.style.setProperty('--upsell-' + name.replace(/_/g, '-'), value);
  }
}
