/** Part: the bar below a preview, to switch it, and to say why shoppers may see nothing. */

import { each, element } from '../elements.js';
import css from '../preview.css';

/** @typedef {import('../types.js').PreviewBar} PreviewBar */

const PARAMETER = 'offerlift_preview';
/** As long as the snippet waits for a slot that comes late. */
const SLOT_WAIT_MS = 1500;
const LOOK_MS = 1000;
/** On less, an open bar would hide most of the page. */
const WIDE_PX = 800;

/** The bar of this page. @type {HTMLElement | undefined} */
let host;
/** @type {ReturnType<typeof setInterval> | undefined} */
let looking;

/** @type {import('../types.js').Part['drawing']} */
export const drawing = { showBar };

/**
 * @param {PreviewBar} bar
 * @param {Record<string, boolean>} found which of the page findings hold
 * @param {string} nonce
 */
function showBar(bar, found, nonce) {
  clearInterval(looking);
  host?.remove();
  /** @type {HTMLElement} */
  const made = element('div', { 'data-upsell-preview': '' });
  host = made;
  const findings = element('ul', ...each(bar.findings, (text) => element('li', text)));
  for (const [name, text] of Object.entries(bar.page_findings)) if (found[name]) findings.prepend(element('li', text));
  const frame = element(
    'details',
    { open: innerWidth >= WIDE_PX || !bar.moment, lang: bar.language },
    element('summary', element('strong', bar.title), element('span', bar.note)),
    element(
      'div.inside',
      ...each(bar.groups, group),
      bar.findings_label && element('div', element('p.label', bar.findings_label), findings),
      element('slot', {}),
      element('a.leave', bar.leave_label, { href: addressOf(bar.leave_token) }),
    ),
  );
  rootOf(made, nonce).append(element('section', { 'aria-label': bar.title }, frame));
  document.body.append(made);
  if (bar.moment) setTimeout(() => watchSlots(bar, made, frame, findings), bar.moment == 'exit_intent' ? 0 : SLOT_WAIT_MS);
}

/** @param {string} token */
function addressOf(token) {
  const address = new URL(location.href);
  address.searchParams.set(PARAMETER, token);
  return address.href;
}

/** @param {PreviewBar['groups'][number]} choices */
const group = ({ label, choices }) =>
  element(
    'nav',
    { 'aria-label': label },
    element('span.label', label),
    ...each(choices, ({ label, token, is_chosen }) =>
      element('a', label, { href: addressOf(token), 'aria-current': `${is_chosen}` }),
    ),
  );

/**
 * @param {HTMLElement} made
 * @param {string} nonce of pages that allow no other style
 */
function rootOf(made, nonce) {
  const root = made.attachShadow({ mode: 'open' });
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
 * While the page has no visible slot for the moment, the bar has one: something is always seen.
 * @param {PreviewBar} bar
 * @param {HTMLElement} made
 * @param {HTMLDetailsElement} frame
 * @param {HTMLElement} findings
 */
function watchSlots({ moment, page_findings }, made, frame, findings) {
  const slot = element('div', { 'data-upsell-slot': moment });
  const reason = element('li', page_findings[moment] || page_findings.no_slot);

  function look() {
    let isMissing = true;
    for (const other of document.querySelectorAll(`[data-upsell-slot="${moment}"]`)) {
      if (other != slot && other.getClientRects().length) isMissing = false;
    }
    if (isMissing == slot.isConnected) return;
    if (isMissing) {
      made.append(slot);
      findings.prepend(reason);
      frame.open = true;
    } else {
      slot.remove();
      reason.remove();
    }
  }

  if (made != host) return;
  look();
  looking = setInterval(look, LOOK_MS);
}
