// The demo store's own script: what a customer's developer writes to connect the snippet. Every page works without it.

/** @param {string} id */
const json = (id) => JSON.parse(document.getElementById(id)?.textContent || '{}');
const token = document.querySelector('meta[name="csrf-token"]')?.getAttribute('content') || '';
const { acceptUrl = '', visitorUrl = '' } = document.body.dataset;

// 1. Tell the snippet about the page and its cart. After a payment error no offer should disturb.
const friction = document.querySelector('[data-friction]')?.getAttribute('data-friction');
if (friction) upsell('friction', friction);
upsell('page', json('snippet-page'));

// 2. Add an accepted offer to the cart: our server checks the token and answers 200, or the order stays unchanged.
upsell('accept', async (acceptance) => {
  const response = await fetch(acceptUrl, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-CSRFToken': token },
    body: JSON.stringify({ acceptance_token: acceptance.acceptance_token }),
  });
  if (!response.ok) throw new Error(`The cart answered ${response.status}`);
  const { summary } = await response.json();
  const isForm = document.querySelector('form.checkout');
  if (isForm && summary) showSummary(summary); // what was typed in stays
  else setTimeout(() => location.reload(), 600);
});

function showSummary(summary) {
  for (const [name, text] of Object.entries(summary)) {
    for (const place of document.querySelectorAll(`[data-summary="${name}"]`)) place.textContent = text;
  }
}

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

// 6. Quantities change without the button.
for (const form of document.querySelectorAll('form[data-quantity]')) {
  form.classList.add('is-automatic');
  form.addEventListener('change', () => form.requestSubmit());
}
