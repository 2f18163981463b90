/** An offer at a moment: asked for, exposed in treatment and control alike, shown, accepted or declined. */

import '@shopify/ui-extensions/preact';
import { useEffect, useRef, useState } from 'preact/hooks';

import { cartOf, visitorOf } from './cart.js';
import { Edge } from './edge.js';
import { readHistory, rememberDeclined, rememberShown } from './history.js';

/** As long as the snippet's marker has to be in view. A block can't see whether it is: it counts once it is drawn. */
const EXPOSURE_MS = 1000;

/**
 * Where a decision is asked for: with the shopper's consent, for a visitor whom the theme knows.
 * @returns {{edge: Edge, locale: string} | null}
 */
function connection() {
  const { settings, customerPrivacy, localization } = shopify;
  const { edge, site_key: key } = settings.value;
  const visitor = visitorOf(shopify);
  if (!edge || !key || !visitor || !customerPrivacy.value.allowedProcessing.analytics) return null;
  return { edge: new Edge({ edge, key, visitor }), locale: localization.language.value.isoCode };
}

/**
 * @param {string} moment
 * @param {boolean} isReached the moment's own condition: until then nothing is exposed, in any variant
 */
function useDecision(moment, isReached) {
  const [state, setState] = useState(/** @type {any} */ (null));
  useEffect(() => {
    const at = isReached && connection();
    if (!at) return undefined;
    let timer = 0;
    let isGone = false;
    (async () => {
      const history = await readHistory(shopify.storage);
      const context = { cart: cartOf(shopify), locale: at.locale, history };
      const decision = await at.edge.decide(moment, context);
      if (isGone || !decision?.exposure_token) return;
      setState({ ...at, decision });
      timer = setTimeout(() => expose(at.edge, decision), EXPOSURE_MS);
    })();
    return () => {
      isGone = true;
      clearTimeout(timer);
    };
  }, [moment, isReached]);
  return state;
}

/** @param {Edge} edge @param {any} decision */
async function expose(edge, decision) {
  if (decision.isExposed) return;
  decision.isExposed = true; // whoever presses a button before the second is over has seen it
  const reports = [edge.report(decision, 'exposure', { trigger: 2 })];
  if (decision.content) {
    reports.push(edge.report(decision, 'impression'), rememberShown(shopify.storage));
  }
  await Promise.all(reports);
}

/**
 * @param {object} props
 * @param {string} props.moment
 * @param {boolean} [props.isReached]
 * @param {(acceptance: any) => Promise<any>} props.onAccept puts it into the order; what it returns is shown
 */
export function Offer({ moment, isReached = true, onAccept }) {
  const state = useDecision(moment, isReached);
  const idempotencyKey = useRef(crypto.randomUUID());
  const [isBusy, setBusy] = useState(false);
  const [result, setResult] = useState(/** @type {{tone: string, text: string, more?: any} | null} */ (null));
  const [isGone, setGone] = useState(false);
  const content = state?.decision.content;
  if (!content || isGone) return null;
  const { edge, decision, locale } = state;

  async function accept() {
    if (isBusy) return;
    setBusy(true);
    expose(edge, decision);
    edge.report(decision, 'click', { target: 'accept' });
    const { acceptance, reason } = await edge.accept(decision, idempotencyKey.current, locale);
    const failed = acceptance ? await added(acceptance) : reason;
    setBusy(false);
    if (failed) {
      edge.report(decision, 'accept_failed', { reason: failed });
      setResult({ tone: 'critical', text: content.messages[failed] || content.messages.failed });
    }
  }

  /** Why it isn't in the order; undefined where it is. @param {any} acceptance */
  async function added(acceptance) {
    try {
      const more = await onAccept(acceptance);
      setResult({ tone: 'success', text: more ? '' : content.messages.added, more });
      edge.report(decision, 'accept');
      return undefined;
    } catch {
      return 'failed';
    }
  }

  function decline() {
    if (isBusy) return;
    expose(edge, decision);
    edge.report(decision, 'decline');
    rememberDeclined(shopify.storage);
    setGone(true);
  }

  if (result?.tone == 'success') {
    return result.more ?? <s-banner tone="success">{result.text}</s-banner>;
  }
  return (
    <s-section heading={content.headline}>
      <s-stack gap="base">
        {result && <s-banner tone={result.tone}>{result.text}</s-banner>}
        {content.items.map((item) => (
          <Item key={item.sku} item={item} />
        ))}
        {[content.reason, content.body, content.proof].filter(Boolean).map((text) => (
          <s-paragraph key={text}>{text}</s-paragraph>
        ))}
        {content.terms_text && <s-text color="subdued">{content.terms_text}</s-text>}
        <s-stack direction="inline" gap="base">
          <s-button variant="secondary" loading={isBusy} onClick={accept}>
            {content.accept_label}
          </s-button>
          <s-button variant="secondary" disabled={isBusy} onClick={decline}>
            {content.decline_label}
          </s-button>
        </s-stack>
      </s-stack>
    </s-section>
  );
}

/** @param {{item: any}} props */
function Item({ item }) {
  return (
    <s-stack direction="inline" gap="base" alignItems="center">
      {item.image_url && <s-product-thumbnail src={item.image_url} alt="" totalItems={item.quantity} />}
      <s-text>{item.title}</s-text>
      <s-text type="strong">{item.price.text}</s-text>
      {item.compare_at && <s-text type="redundant">{item.compare_at.text}</s-text>}
    </s-stack>
  );
}
