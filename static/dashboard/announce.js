/* What changes on a page without a reload, said to a screen reader: the console's one live region, #announcer of base.html.
   Parts with an id and data-announce are said once their text has changed and nothing has changed or been typed for a second;
   so what is drawn anew with the same words is silent, and a page that saves itself doesn't talk at each key. What
   data-announce says comes first, such as a field's name. data-announce-when says what a change is, where the text alone
   changes by itself ("3 minutes ago"). What already stands there when the page is opened is read with the page, but for
   messages (data-announce-opened), which answer what was done before. */

'use strict';

{
  const QUIET_MS = 1000;
  const PASSING = '[data-state="saving"], [data-state="waiting"]'; // of saving: what became of it comes next
  const region = document.getElementById('announcer');
  const known = new Map();
  let timer;

  const inOneLine = (text) => text.replace(/\s+/g, ' ').trim();
  const stateOf = (part) => part.dataset.announceWhen ?? inOneLine(part.textContent);
  const asSentence = (text) => (/[.!?…]$/.test(text) ? text : `${text}.`);
  const parts = () => document.querySelectorAll('[data-announce]');

  const news = () => {
    const sentences = [];
    for (const part of parts()) {
      const state = stateOf(part);
      if (known.get(part.id) === state || part.matches(PASSING)) continue;
      known.set(part.id, state);
      if (!state || !part.checkVisibility()) continue;
      // as it is drawn: without a term's tooltip, and with a space where a block ends
      const text = asSentence(inOneLine(part.innerText));
      const label = part.dataset.announce;
      sentences.push(label ? `${label}: ${text}` : text);
    }
    return sentences.join(' ');
  };

  const announce = () => {
    const text = news();
    if (!text) return;
    // emptied first: what was said before is said again, where it became true again
    region.textContent = '';
    setTimeout(() => { region.textContent = text; }, 50);
  };

  const postpone = () => {
    clearTimeout(timer);
    timer = setTimeout(announce, QUIET_MS);
  };

  const noteChange = (records) => {
    if (records.every(({ target }) => region.contains(target))) return;
    // being saved, a state is news again, though it may end with the words that it began with
    for (const part of document.querySelectorAll(`[data-announce]:is(${PASSING})`)) known.delete(part.id);
    postpone();
  };

  for (const part of parts()) if (!('announceOpened' in part.dataset)) known.set(part.id, stateOf(part));
  if (document.querySelector('[data-announce-opened]')) postpone();
  new MutationObserver(noteChange).observe(document.body, { childList: true, subtree: true, characterData: true });
  document.addEventListener('input', postpone, true);
}
