"""What a page is answered that asks with a preview's link: the one variant at its moment, nothing at any other.

Without tokens, nothing that it leads to can count.
"""

from datetime import datetime

from checkout_widgets.edge import preview
from checkout_widgets.edge.call import Call
from checkout_widgets.edge.decide_answer import TRIGGERS, DecideAnswer, MomentDecision, cart_total_in
from checkout_widgets.edge.parts import parts_for
from checkout_widgets.edge.payloads import DecideBody
from checkout_widgets.edge.preview import Preview

TTL_S = 300


def answer_preview(store_id: int, body: DecideBody, call: Call) -> DecideAnswer:
    """Answer with what the link shows now. Queries the database."""
    shown = preview.read(store_id, body.preview or "")
    if shown and shown.moment in body.moments:
        preview.note_preview(shown.experiment_id, call.now)
    return DecideAnswer(
        visitor_id=body.visitor_id,
        ttl_s=TTL_S,
        enabled=True,
        offers_left=1,
        decisions=[decision_of(body, moment, shown, call.now) for moment in body.moments],
        preview=True,
    )


def decision_of(body: DecideBody, moment: str, shown: Preview | None, now: datetime) -> MomentDecision:
    """Return what a preview shows at a moment."""
    if shown is None:
        return MomentDecision(moment, reason="preview_ended")
    if shown.moment != moment:
        return MomentDecision(moment, reason="preview")
    device, widget = body.device or "", shown.widget
    decision = MomentDecision(
        moment=moment,
        experiment=shown.experiment_key,
        variant=shown.variant_key,
        trigger=TRIGGERS.get(moment),
        parts=parts_for(moment, [], device),
    )
    if widget is not None:
        cart_minor = cart_total_in(widget.offer.currency, body)
        decision.content = preview.content_of(widget, body.locale or "", now, device=device, cart_minor=cart_minor)
        decision.parts = parts_for(moment, [widget], device)
    return decision
