/* Beside a widget's form: what is typed is sent to the server, which shows it in fresh frames. Nothing is saved. */

'use strict';

(() => {
  const PAUSE_MS = 500;
  /* By panel, what waits for a pause in typing. */
  const timers = new WeakMap();
  let count = 0;

  const formOf = (panel) => document.getElementById(panel.dataset.liveForm || 'widget_form');

  function address(panel, device) {
    const url = new URL(panel.dataset.live, location.href);
    url.searchParams.set('device', device);
    for (const choice of panel.querySelectorAll('[data-live-choice]')) {
      url.searchParams.set(choice.dataset.liveChoice, choice.value);
    }
    return url.href;
  }

  /* A new frame each time, so that the browser's way back stays as it was; the old one goes once the new one is there. */
  function renew(panel, form, place) {
    const old = place.querySelector('iframe:last-of-type');
    const frame = old.cloneNode(false);
    for (const name of ['src', 'loading']) frame.removeAttribute(name);
    frame.name = `live-${++count}`;
    frame.dataset.stage = form.elements.layout?.value || '';
    frame.addEventListener('load', () => {
      while (place.firstElementChild !== frame) place.firstElementChild.remove();
    });
    place.append(frame);
    send(form, frame.name, address(panel, place.dataset.liveFrame));
  }

  function send(form, target, action) {
    const copy = Object.assign(document.createElement('form'), { method: 'post', action, target, hidden: true });
    for (const [name, value] of new FormData(form)) {
      if (typeof value === 'string') copy.append(Object.assign(document.createElement('input'), { name, value, type: 'hidden' }));
    }
    document.body.append(copy);
    copy.submit();
    copy.remove();
  }

  function show(panel) {
    const form = formOf(panel);
    if (!form) return;
    for (const place of panel.querySelectorAll('[data-live-frame]')) renew(panel, form, place);
  }

  function later({ target }) {
    const chosen = target.closest('[data-live]');
    if (chosen) {
      show(chosen);
      return;
    }
    for (const panel of document.querySelectorAll('[data-live]')) {
      if (!target.form || formOf(panel) !== target.form || target.type === 'search') continue;
      clearTimeout(timers.get(panel));
      timers.set(panel, setTimeout(() => show(panel), PAUSE_MS));
    }
  }

  /* Panels come and go with parts of the page: what is heard is heard on the document. */
  document.addEventListener('input', later);
  document.addEventListener('change', later);
})();
