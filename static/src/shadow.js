/** A host element whose inside the page's styles can't reach, and whose styles can't reach the page. */

import { nonce } from './config.js';
import { element } from './elements.js';
import css from './widget.css';

/** @typedef {import('./types.js').Theme} Theme */

/** @type {CSSStyleSheet | undefined} */
let sheet;

/** @param {ShadowRoot} root */
function addStyles(root) {
  try {
    if (!sheet) {
      sheet = new CSSStyleSheet();
      sheet.replaceSync(css);
    }
    root.adoptedStyleSheets = [sheet];
  } catch {
    const style = element('style', '', css);
    style.nonce = nonce;
    root.append(style);
  }
}

/** @param {boolean} isOver it will lie over the page, and must not take room in it */
export function makeHost(isOver) {
  const host = element('div', '');
  host.setAttribute('data-upsell-widget', isOver ? 'over' : 'inline');
  const root = host.attachShadow({ mode: 'open' });
  addStyles(root);
  return { host, root };
}

/**
 * Whether the page is dark here: its text is light. Browsers give a computed colour as `rgb(...)`, as `color(srgb ...)`,
 * or, where the page wrote it so, as `oklch(...)`, `oklab(...)`, `lch(...)` or `lab(...)`, which begin with the lightness.
 * @param {Element} place
 */
function isDark(place) {
  const { color } = getComputedStyle(place);
  const [first, second, third] = color.match(/[\d.]+/g) || [];
  if (/^ok/.test(color)) return Number(first) > 0.6;
  if (/^l/.test(color)) return Number(first) > 50;
  return Number(first) + Number(second) + Number(third) > (/^r/.test(color) ? 382 : 1.5);
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
