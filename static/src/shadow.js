/** A host element whose inside the page's styles can't reach, and whose styles can't reach the page. */

import { element } from './elements.js';
import lookCss from './layouts/look.css';
import hostCss from './widget.css';

/**
 * @param {boolean} isOver it will lie over the page, and must not take room in it
 * @param {string} partsCss
 * @param {string} nonce
 */
export function makeRoot(isOver, partsCss, nonce) {
  /** @type {HTMLElement} */
  const host = element('div', { 'data-upsell-widget': isOver ? 'over' : '' });
  const root = host.attachShadow({ mode: 'open' });
  const css = hostCss + lookCss + partsCss;
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [sheet];
  } catch {
    root.append(element('style', css, { nonce }));
  }
  return root;
}
