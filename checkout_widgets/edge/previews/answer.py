"""What a page is answered that asks with a preview's link: the one variant, whether the page has its moment or not.

Without tokens, nothing that it leads to can count.
"""

from datetime import datetime

from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from checkout_widgets.edge.call import Call
from checkout_widgets.edge.decide_answer import TRIGGERS, DecideAnswer, MomentDecision
from checkout_widgets.edge.parts import parts_for
from checkout_widgets.edge.payloads import DecideBody
from checkout_widgets.edge.previews import bar, requests, shown
from checkout_widgets.edge.previews.bar import PreviewBar
from checkout_widgets.edge.previews.shown import PreviewedVariant
from checkout_widgets.edge.targeting_context import AskedContext, cart_total_in

TTL_S = 300


class PreviewAnswer(DecideAnswer, kw_only=True):
    """The answer to a page in a preview, with the bar that the snippet shows below it."""

    bar: PreviewBar | UnsetType = UNSET


def answer_preview(store_id: int, body: DecideBody, call: Call) -> PreviewAnswer:
    """Answer with what the link shows now. Queries the database."""
    asked = requests.read(store_id, body.preview or "")
    if asked is None:
        return answer_ended(body)
    previewed = shown.load(asked)
    if previewed is None:
        return answer_ended(body)
    shown.note_preview(previewed.experiment.pk, call.now)
    # What whoever previews has chosen goes before what the page says of itself.
    body = replace(body, locale=asked.locale or body.locale, device=asked.device or body.device)
    return answer_with(body, decisions(previewed, body, call.now), bar.bar_of(previewed, asked, body, call.now))


def answer_ended(body: DecideBody) -> PreviewAnswer:
    """Answer a link that has ended, or that nobody gave out: nothing is shown but that."""
    nothing = [MomentDecision(moment, reason="preview_ended") for moment in body.moments]
    return answer_with(body, nothing, bar.ended(body.locale or ""))


def answer_with(body: DecideBody, decided: list[MomentDecision], shown_bar: PreviewBar) -> PreviewAnswer:
    """Return the answer around what is shown."""
    return PreviewAnswer(
        visitor_id=body.visitor_id,
        ttl_s=TTL_S,
        enabled=True,
        offers_left=1,
        decisions=decided,
        preview=True,
        bar=shown_bar,
    )


def decisions(previewed: PreviewedVariant, body: DecideBody, now: datetime) -> list[MomentDecision]:
    """Return what is previewed at its moment, where the page has it not at last: the bar makes a place for it then."""
    decided = []
    for moment in dict.fromkeys([*body.moments, previewed.experiment.moment]):
        if moment == previewed.experiment.moment:
            decided.append(decision_of(previewed, body, now))
        else:
            decided.append(MomentDecision(moment, reason="preview"))
    return decided


def decision_of(previewed: PreviewedVariant, body: DecideBody, now: datetime) -> MomentDecision:
    """Return what the variant shows."""
    moment, device = previewed.experiment.moment, body.device or ""
    widget = shown.widget_for(previewed, AskedContext(body, now, previewed.experiment.store.zone))
    decision = MomentDecision(
        moment=moment,
        experiment=previewed.experiment.key,
        variant=previewed.variant.key,
        trigger=TRIGGERS.get(moment),
        parts=parts_for(moment, [], device),
        page=previewed.test.pages.get(previewed.variant.key, UNSET),
    )
    if widget is not None:
        cart_minor = cart_total_in(widget.offer.currency, body) or shown.sample_cart_minor(widget.free_shipping_minor)
        decision.content = shown.content_of(widget, body.locale or "", now, device=device, cart_minor=cart_minor)
        decision.parts = parts_for(moment, [widget, *widget.next.values()], device)
    return decision
