/** A host element whose inside the page's styles can't reach, and whose styles can't reach the page. */

import { nonce } from './config.js';
import { element } from './elements.js';
import { brought } from './parts.js';
import coreCss from './widget.css';

/** @param {boolean} isOver it will lie over the page, and must not take room in it */
export function makeRoot(isOver) {
  /** @type {HTMLElement} */
  const host = element('div', { 'data-upsell-widget': isOver ? 'over' : '' });
  const root = host.attachShadow({ mode: 'open' });
  const css = coreCss + brought.css;
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [sheet];
  } catch {
    root.append(element('style', css, { nonce }));
  }
  return root;
}
