/** Part: why an offer was declined, by one tap in its place; nobody has to. */

import { button, each, element } from '../elements.js';
import { guarded, listen } from '../guard.js';
import css from '../layouts/question.css';

export { css };

/** Once a page: there is never a second question. */
let isAsked = false;

/** @type {import('../types.js').Part['layouts']} */
export const layouts = {
  reasons: ({ headline, reasons }, { accept, decline }) =>
    element(
      'section.widget',
      element('p.headline', headline),
      element(
        'div.answers',
        { role: 'group', 'aria-label': headline },
        ...each(Object.entries(reasons?.choices || {}), ([reason, text]) => button('reason', text, () => accept(0, reason))),
        button('skip', reasons?.skip, decline),
      ),
    ),
};

/** @type {import('../types.js').Part['drawing']} */
export const drawing = {
  decline(decision, home) {
    guarded(why)(decision, home, this);
  },
};

/**
 * @param {import('../types.js').Decision} decision
 * @param {HTMLElement | undefined} home its slot
 * @param {import('../types.js').Brought} brought
 */
function why(decision, home, brought) {
  const { content } = decision;
  const { reasons } = content || {};
  const isTaken = isAsked || document.querySelector('[data-upsell-asked]');
  if (!content || !reasons || !home || home == document.body || isTaken) return;
  isAsked = true;
  const shown = { ...content, layout: 'reasons', headline: reasons.headline };
  const hadFocus = home.contains(document.activeElement);
  /** @type {import('../types.js').Actions} */
  const actions = {
    accept: guarded((_, reason) => {
      brought.log?.('reason', decision, { reason });
      frame?.confirm({ ...decision, accepted: { text: reasons.thanks } });
    }),
    decline: guarded(() => frame?.close()),
    openTerms: Date,
    release: Date,
  };
  /** @type {import('../types.js').Frame | undefined} */
  const frame = brought.createFrame?.(shown, true, actions, brought);
  frame?.place(home);
  /** @type {HTMLElement | null | undefined} */
  const drawn = home.querySelector('[data-upsell-widget]:last-of-type')?.shadowRoot?.querySelector('.widget');
  if (!drawn) return;
  listen(drawn, 'keydown', ({ key }) => key == 'Escape' && frame?.close());
  if (!hadFocus) return;
  // whoever reads with the keyboard is in what was declined: the focus goes on from there
  drawn.tabIndex = -1;
  drawn.focus({ preventScroll: true });
}
