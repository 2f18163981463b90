/** Part: the store's question on the confirmation page, beside whatever offer is there. */

import { siteKey } from '../config.js';
import { takeFocus } from '../confirmation.js';
import { dress } from '../dress.js';
import { button, each, element } from '../elements.js';
import { emit, guarded, later, listen } from '../guard.js';
import css from '../layouts/question.css';
import { post } from '../network.js';
import { local } from '../storage.js';

/** @typedef {import('../types.js').Content} Content */

export { css };

const ASKED = 'question';
const ASKED_FOR_MS = 2592000000;
const LOOK_MS = 500;
const LOOKS = 20;
const SEND_MS = 10000;

/** What is drawn and not yet in the page. @type {HTMLElement} */
let drawn;
/** Takes the question away that is in the page. */
let leave = Date;
/** An offer beside it is being declined, which is no reason to go. */
let isDeclining = false;

/** By the address an order is told from the next; of one address for all, only after a month. */
const here = () => location.href.split('#')[0];

function isSettled() {
  const { address, at } = local.read(ASKED) || {};
  return address == here() && Date.now() - at < ASKED_FOR_MS;
}

const settle = () => local.write(ASKED, { address: here(), at: Date.now() });

/** @type {import('../types.js').Part['layouts']} */
export const layouts = {
  question: ({ headline, messages, question }) => {
    const note = element('p.note', { role: 'alert' });

    /** @param {string} tag */
    async function answer(tag) {
      if (drawn.ariaBusy == 'true') return;
      const frame = drawn;
      frame.ariaBusy = 'true';
      note.textContent = '';
      try {
        const { status } = await post('/v1/answers', { key: siteKey, question_token: question?.token, tag }, SEND_MS, true);
        if (status != 200) throw new Error('/v1/answers ' + status);
      } catch {
        note.textContent = messages.failed || '';
        return;
      } finally {
        frame.ariaBusy = 'false';
      }
      settle();
      emit('answered', { tag });
      const done = element('p.done', messages.thanks, { role: 'status', tabIndex: -1 });
      frame.replaceChildren(done);
      takeFocus(done);
    }

    function skip() {
      settle();
      leave();
    }

    return (drawn = element(
      'section.widget',
      element('p.headline', headline),
      element(
        'div.answers',
        { role: 'group', 'aria-label': headline },
        ...each(question?.choices || [], ({ tag, text }) => button('answer', text, guarded(() => answer(tag)))),
        button('skip', messages.skip, skip),
      ),
      note,
    ));
  },
};

/** @type {import('../types.js').Part['triggers']} */
export const triggers = { question: ask };

/**
 * Put what was drawn into the page. It takes no part in the turns of offers: an offer that is shown sends other offers away,
 * and the question stays.
 * @type {import('../types.js').Trigger}
 */
function ask() {
  const frame = drawn;
  const host = /** @type {HTMLElement} */ (/** @type {ShadowRoot} */ (frame.getRootNode()).host);
  host.remove = frame.remove = host.focus = () => {};
  host.removeAttribute('data-upsell-widget');
  host.setAttribute('data-upsell-asked', '');
  leave();
  let looks = isSettled() ? LOOKS : 0;
  /** @type {MutationObserver | undefined} */
  let observer;

  function place() {
    if (looks++ >= LOOKS) return;
    const slot = document.querySelector('[data-upsell-question],[data-upsell-slot=confirmation]');
    if (slot) {
      dress(frame, {}, slot);
      frame.style.marginTop = '12px';
      const putLast = () => slot.lastElementChild == host || slot.append(host);
      observer = new MutationObserver(putLast); // an offer may come later
      observer.observe(slot, { childList: true });
      putLast();
    } else later(place, LOOK_MS);
  }

  function go() {
    looks = LOOKS;
    observer?.disconnect();
    Element.prototype.remove.call(host);
  }

  leave = /** @type {any} */ (go);
  place();
  return () => isDeclining || go();
}

listen(document, 'upsell:decline', () => {
  isDeclining = true;
  later(() => (isDeclining = false), 0);
});
listen(document, 'upsell:consent', ({ detail }) => detail.isGiven || leave());
