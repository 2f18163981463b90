"""The end of a trial in an app: the app's server decides, the app shows, and both arms are counted alike."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from offerlift_client import Offerlift, OfferliftError

MOMENT = "payment"


def decision_for(offerlift: Offerlift, account: dict[str, Any]) -> Any:
    """Return what the screen at the trial's end shows; None where it shows what it always does, and nothing counts."""
    question: Any = {
        "visitor_id": f"account:{account['id']}",
        "moments": [MOMENT],
        "locale": account["locale"],
        "cart": {"currency": account["currency"], "total_minor": account["plan_price_minor"]},
        "visitor": {"customer_id": account["id"], "tags": [account["plan"]]},
        "consent": {"measurement": account["allows_measurement"]},
    }
    try:
        [decision] = offerlift.decide(question)["decisions"]
    except OfferliftError:
        return None
    return decision if decision["exposure_token"] else None


def screen_was_shown(offerlift: Offerlift, account: dict[str, Any], decision: Any) -> None:
    """Report that somebody has reached the screen: in control, which sees no offer, as in treatment."""
    types = ["exposure", "impression"] if decision["content"] else ["exposure"]
    report(offerlift, account, decision, types)


def offer_was_declined(offerlift: Offerlift, account: dict[str, Any], decision: Any) -> None:
    """Report that the offer was turned down: for some hours, none is made."""
    report(offerlift, account, decision, ["decline"])


def offer_was_accepted(offerlift: Offerlift, account: dict[str, Any], decision: Any) -> Any:
    """Return what was accepted, and what to charge. Raises ``OfferliftError`` where it can't be had."""
    visitor_id, token = f"account:{account['id']}", decision["exposure_token"]
    # The same for a second press, so that both are one acceptance.
    key = f"trial-{account['id']}"
    accepted = offerlift.accept({"visitor_id": visitor_id, "exposure_token": token, "idempotency_key": key})
    report(offerlift, account, decision, ["accept"])
    offer = offerlift.redeem(accepted["acceptance_token"], key)
    return {"acceptance_token": accepted["acceptance_token"], "lines": offer["lines"], "currency": offer["currency"]}


def report(offerlift: Offerlift, account: dict[str, Any], decision: Any, types: list[str]) -> None:
    """Send events of the screen."""
    now = datetime.now(UTC).isoformat()
    events: Any = []
    for kind in types:
        events.append({"id": str(uuid4()), "type": kind, "at": now, "exposure_token": decision["exposure_token"]})
    offerlift.send_events({"visitor_id": f"account:{account['id']}", "sent_at": now, "events": events})
