/** A line with a checkbox: ticking it accepts, and taking the tick away takes the offer back. */

import { isFresh, takeFocus, withTotal } from '../confirmation.js';
import { lines } from '../copy.js';
import { choice, each, element, named, priced } from '../elements.js';
import { emit, guarded, report } from '../guard.js';

/** @typedef {import('../types.js').Accepted} Accepted */
/** @typedef {import('../types.js').Adapter} Adapter */
/** @typedef {import('../types.js').Content} Content */
/** @typedef {import('../types.js').Decision} Decision */

/**
 * What is in the order, and for how much.
 * @param {Content} content
 */
const bought = ({ items, price }) => each(items, (item) => named(item)).join(' + ') + ', ' + price.text;

/**
 * Have the page take the offer out of its order; it may take over from its adapter.
 * @param {Decision} decision
 * @param {Adapter} undo
 * @returns {Promise<any>} what the adapter has resolved to
 */
async function takeBack({ accepted, ...decision }, undo) {
  const { acceptance, added } = /** @type {Accepted} */ (accepted);
  if (!acceptance) return undefined; // a preview
  const told = { ...decision, exposure_token: null };
  return emit('undo', { ...told, acceptance }, true) && undo(acceptance, told, added);
}

/**
 * The checkbox is never ticked by itself. Once accepted it stays, named with product and price; everything else goes. The
 * region that says what was done is there from the start, since screen readers don't read out a new one.
 * @type {import('../types.js').Layout}
 */
export function bump(content, actions, section) {
  const { accept_label, headline, messages, price } = content;
  const offer = priced(accept_label, price);
  const name = element('span', offer);
  const box = element('input', { type: 'checkbox' });
  const done = element('p.done', { role: 'status' });
  const failed = element('p.failed', { role: 'alert' });
  const copy = element(
    'div.copy',
    !accept_label.includes(headline) && element('p.headline', headline),
    ...lines(content, actions, section),
  );
  const rest = [copy, choice(content, actions, true)];
  const frame = element('section.widget line', element('label.tick headline', box, name), done, failed, ...rest);

  /** @param {boolean} isAccepted @param {string | undefined} text */
  function show(isAccepted, text) {
    box.checked = isAccepted;
    name.textContent = isAccepted ? bought(content) : offer;
    done.textContent = text || '';
    for (const part of rest) part.hidden = isAccepted;
  }

  /** @param {Decision} decision @param {Adapter} undo */
  async function untick(decision, undo) {
    frame.setAttribute('aria-busy', true);
    box.onchange = () => (box.checked = false);
    failed.textContent = '';
    try {
      const removed = await takeBack(decision, undo);
      actions.release();
      box.onchange = accept;
      show(false, withTotal(messages.removed, decision, removed));
    } catch (error) {
      report(error);
      settle(decision, undo);
      failed.textContent = messages.not_removed || messages.failed;
    }
    frame.setAttribute('aria-busy', false);
  }

  const accept = () => actions.accept();
  /** @type {NonNullable<import('../types.js').Drawn['settle']>} */
  const settle = (decision, undo) => {
    const { accepted } = decision;
    show(true, isFresh(decision) ? withTotal(accepted?.text, decision, accepted?.added) : '');
    box.onchange = guarded(() => untick(decision, undo));
    if (isFresh(decision)) takeFocus(box);
  };
  box.onchange = accept;
  frame.settle = settle;
  return frame;
}
