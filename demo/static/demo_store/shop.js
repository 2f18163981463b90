// The demo store's own script: what a customer's developer writes to connect the snippet. Every page works without it.

/** @param {string} id */
const json = (id) => JSON.parse(document.getElementById(id)?.textContent || '{}');
const token = document.querySelector('meta[name="csrf-token"]')?.getAttribute('content') || '';
const { acceptUrl = '', undoUrl = '', visitorUrl = '' } = document.body.dataset;
const SAID_MS = 10000;
const AFTER = 'demo_store_after';

// 1. Tell the snippet about the page and its cart. After a payment error no offer should disturb.
const friction = document.querySelector('[data-friction]')?.getAttribute('data-friction');
if (friction) upsell('friction', friction);
upsell('page', json('snippet-page'));

// 2. Add an accepted offer to the cart: our server checks the token and answers 200, or the order stays unchanged.
upsell('accept', async (acceptance) => {
  const answer = await post(acceptUrl, acceptance);
  if (isForm()) showSummary(answer); // what was typed in stays
  else if (document.querySelector('#receipt')) await renewReceipt();
  else reloadWith(answer.said, `[data-offer="${answer.offer}"]`);
  return { total_text: answer.summary.total };
});

// An offer with a checkbox can be taken back: our server takes the lines and the acceptance out of the cart.
upsell('undo', async (acceptance) => {
  const answer = await post(undoUrl, acceptance);
  if (isForm()) showSummary(answer);
  else reloadWith(answer.said, '#cart-title, #receipt');
  return { total_text: answer.summary.total };
});

async function post(url, { acceptance_token }) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-CSRFToken': token },
    body: JSON.stringify({ acceptance_token, delivery: document.querySelector('[name=delivery]:checked')?.value }),
  });
  if (!response.ok) throw new Error(`The cart answered ${response.status}`);
  return response.json();
}

const isForm = () => document.querySelector('form.checkout') !== null;

function showSummary({ summary, lines }) {
  for (const [name, text] of Object.entries(summary)) {
    for (const place of document.querySelectorAll(`[data-summary="${name}"]`)) place.textContent = text;
  }
  for (const list of document.querySelectorAll('[data-summary-lines]')) list.replaceChildren(...lines.map(summaryLine));
}

function summaryLine({ text, price, is_offer }) {
  const item = document.createElement('li');
  const name = document.createElement('span');
  name.textContent = text;
  if (is_offer) name.append(' ', labelled('span', 'tag', 'Offer'));
  item.append(name, labelled('span', 'price', price));
  return item;
}

function labelled(tag, className, text) {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}

/** Say something to everybody: it is seen, and read out by screen readers, without taking the focus. */
function say(text) {
  const place = document.querySelector('[data-said]');
  if (!place || !text) return;
  place.textContent = text;
  setTimeout(() => place.textContent === text && place.replaceChildren(), SAID_MS);
}

/** Draw the receipt anew where it stands: a reload would end a sequence of offers. As trusted types allow it. */
function renewReceipt() {
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    request.open('GET', location.href);
    request.responseType = 'document';
    request.onloadend = () => {
      const receipt = request.response?.querySelector('#receipt');
      if (receipt) document.querySelector('#receipt')?.replaceWith(receipt);
      done(undefined);
    };
    request.send();
  });
}

/** Load the page again, say this then, and put the focus there. */
function reloadWith(said, focus) {
  leaveNote(said, focus);
  setTimeout(() => location.reload(), 600);
}

function leaveNote(said, focus) {
  sessionStorage.setItem(AFTER, JSON.stringify({ said, focus }));
}

function readNote() {
  const { said, focus } = JSON.parse(sessionStorage.getItem(AFTER) || '{}');
  sessionStorage.removeItem(AFTER);
  if (focus) document.querySelector(focus)?.focus();
  if (said) setTimeout(() => say(said), 100); // a region that is filled from the start is not read out
}

readNote();
document.addEventListener('upsell:decline', ({ detail }) => detail.props.undone || say('Nothing was added to your order.'));

// 3. Carry the visitor into the order, and show the ribbon who that is.
upsell('visitor', (visitorId) => {
  for (const input of document.querySelectorAll('input[name="visitor_id"]')) input.value = visitorId;
  void showVisitor(visitorId);
});

async function showVisitor(visitorId) {
  const place = document.querySelector('[data-visitor]');
  const template = document.querySelector('[data-visitor-template]');
  if (!place || !template || !visitorId) return;
  const response = await fetch(`${visitorUrl}?id=${encodeURIComponent(visitorId)}`);
  if (!response.ok) return;
  const visitor = await response.json();
  const content = template.content.cloneNode(true);
  content.querySelector('[data-field="visitor_id"]').textContent = visitor.visitor_id;
  content.querySelector('dl').append(...visitor.experiments.flatMap(describeExperiment));
  place.replaceChildren(content);
}

function describeExperiment({ name, variant, report_url }) {
  const [term, detail] = [document.createElement('dt'), document.createElement('dd')];
  const chosen = document.createElement('strong');
  term.textContent = name;
  chosen.textContent = variant;
  detail.append(chosen);
  if (report_url) {
    const link = document.createElement('a');
    link.href = report_url;
    link.textContent = 'Open the report';
    detail.append(' ', link);
  }
  return [term, detail];
}

// 4. On the confirmation page, tell of the order: so it is counted even before our server's own message arrives.
const order = json('conversion');
if (order.id) upsell('convert', order);

// 5. A new visitor forgets what the snippet stored; the server forgets cart and cookie.
document.querySelector('[data-new-visitor]')?.addEventListener('submit', () => {
  for (const area of [localStorage, sessionStorage]) {
    for (const name of Object.keys(area)) if (name.startsWith('upsell:')) area.removeItem(name);
  }
});

// 6. A form that brings us back to the cart says where the focus goes then.
for (const form of document.querySelectorAll('form[data-return]')) {
  form.addEventListener('submit', () => leaveNote('', form.dataset.return));
}

// 7. Quantities change without the button.
for (const form of document.querySelectorAll('form[data-quantity]')) {
  form.addEventListener('change', () => form.requestSubmit());
}
