/** A host element whose inside the page's styles can't reach, and whose styles can't reach the page. */

import { nonce } from './config.js';
import { each, element } from './elements.js';
import css from './widget.css';

/** @typedef {import('./types.js').Theme} Theme */

/** @param {boolean} isOver it will lie over the page, and must not take room in it */
export function makeRoot(isOver) {
  /** @type {HTMLElement} */
  const host = element('div', { 'data-upsell-widget': isOver ? 'over' : '' });
  const root = host.attachShadow({ mode: 'open' });
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [sheet];
  } catch {
    root.append(element('style', css, { nonce }));
  }
  return root;
}

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
