/* Beside a widget's form: what is typed is sent to the server, which shows it in fresh frames. Nothing is saved. */

'use strict';

document.addEventListener('DOMContentLoaded', () => {
  const panel = document.querySelector('[data-live]');
  const form = document.getElementById('widget_form');
  if (!panel || !form) return;
  const PAUSE_MS = 500;
  let timer;
  let count = 0;

  function address(device) {
    const url = new URL(panel.dataset.live, location.href);
    url.searchParams.set('device', device);
    for (const choice of panel.querySelectorAll('[data-live-choice]')) {
      url.searchParams.set(choice.dataset.liveChoice, choice.value);
    }
    return url.href;
  }

  /* A new frame each time, so that the browser's way back stays as it was; the old one goes once the new one is there. */
  function renew(place) {
    const old = place.querySelector('iframe:last-of-type');
    const frame = old.cloneNode(false);
    frame.removeAttribute('src');
    frame.name = `live-${++count}`;
    frame.dataset.stage = form.elements.layout?.value || '';
    frame.addEventListener('load', () => {
      while (place.firstElementChild !== frame) place.firstElementChild.remove();
    });
    place.append(frame);
    send(frame.name, address(place.dataset.liveFrame));
  }

  function send(target, action) {
    const copy = Object.assign(document.createElement('form'), { method: 'post', action, target, hidden: true });
    for (const [name, value] of new FormData(form)) {
      if (typeof value === 'string') copy.append(Object.assign(document.createElement('input'), { name, value, type: 'hidden' }));
    }
    document.body.append(copy);
    copy.submit();
    copy.remove();
  }

  function show() {
    for (const place of panel.querySelectorAll('[data-live-frame]')) renew(place);
  }

  function later() {
    clearTimeout(timer);
    timer = setTimeout(show, PAUSE_MS);
  }

  form.addEventListener('input', later);
  form.addEventListener('change', later);
  panel.addEventListener('change', show);
});
