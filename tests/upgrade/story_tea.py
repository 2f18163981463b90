"""What happened in ``tea``: shoppers come, see offers, accept and buy, and tests are decided."""

import base64
import json
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

from checkout_widgets.edge import live_configuration
from checkout_widgets.models import Acceptance
from dashboard.report import sharing
from experiments import audit
from experiments.imports.results import PastTest, import_experiment
from experiments.imports.units import Columns
from experiments.models import (
    AuditAction,
    Decision,
    Experiment,
    Store,
)
from experiments.running import holdout, lifecycle, looks
from tests.upgrade.answers import decide, post
from tests.upgrade.story_cast import CHANCE, CLOCK, make_test

DAYS, VISITORS_A_DAY = 45, 9


def open_tea(tea: Store) -> dict[str, Experiment]:
    """The tests that the store begins with, and its holdout."""
    tests = {
        "cart": make_test(
            tea, "cart-cup", "cart", cap_minor=9_000, planned_sample=200, ramp_plan=[{"share": 0.5, "days": 3}]
        ),
        "paused": make_test(
            tea,
            "cart-pot",
            "cart",
            sku="pot",
            priority=-1,
            targeting={"all": [{"field": "device", "op": "in", "value": ["phone", "tablet"]}]},
        ),
        "thanks": make_test(tea, "thanks-tin", "confirmation", sku="tin", attribution_window_days=14),
        "winner": make_test(tea, "exit-pot", "exit_intent", sku="pot", planned_sample=60),
        "mail": make_test(tea, "mail-cup", "follow_up"),
    }
    make_test(tea, "draft-tin", "shipping", sku="tin")
    for test in tests.values():
        lifecycle.start(experiment=test, actor="ada", reason="All green", now=CLOCK.at)
    audit.record(
        store=tea,
        experiment=tests["cart"],
        action=AuditAction.OVERRIDDEN,
        actor="ada",
        reason="The snippet is on all pages",
        detail={"warnings": ["snippet", "preview"]},
        at=CLOCK.at,
    )
    tea.holdout_share = 0.1
    tea.save()
    holdout.sync_holdout(tea, CLOCK.at)
    return tests


def live_in_tea(tea: Store, tests: dict[str, Experiment]) -> None:
    """Forty-five days of visitors, in which one test wins and another is paused."""
    number = 0
    for day in range(DAYS):
        live_configuration.refresh()
        for _ in range(VISITORS_A_DAY):
            visit(tea, f"v_tea{number:013d}", number)
            number += 1
            CLOCK.pass_(minutes=53)
        CLOCK.at = (CLOCK.at + timedelta(days=1)).replace(hour=8, minute=0)
        if day == 3:
            lifecycle.step_ramp(experiment=tests["cart"], now=CLOCK.at)
        if day in (12, 26, 40):
            looks.take_look(tests["cart"], CLOCK.at)
        if day == 14:
            lifecycle.pause(experiment=tests["paused"], actor="ben", reason="The pot is being repainted")
            conclude(tests["winner"])


def conclude(winner: Experiment) -> None:
    """Roll the offer out."""
    conclusion = lifecycle.Conclusion(
        decision=Decision.ROLL_OUT,
        rolled_out_variant=winner.variants.get(key="offer"),
        learning="A pot for less keeps some from leaving.",
        next_step="Try the tin.",
    )
    lifecycle.conclude(experiment=winner, actor="ada", conclusion=conclusion)
    looks.take_look(winner, CLOCK.at, is_look=False)


def visit(tea: Store, visitor_id: str, number: int) -> None:
    """A visitor at three moments, who may take what is offered, buy, and send something back."""
    device = ("phone", "desktop", "tablet")[number % 3]
    cart_minor = CHANCE.randrange(1_000, 12_000)
    moments = ["cart", "exit_intent"] if number % 4 == 0 else ["cart"]
    answer = decide(tea, visitor_id, moments, cart_minor, device)
    accepted = [token for decision in answer["decisions"] if (token := meet(tea, visitor_id, number, decision))]
    if CHANCE.random() < (0.55 if accepted else 0.35):
        buy(tea, visitor_id, number, cart_minor, accepted)
        thanks = decide(tea, visitor_id, ["confirmation"], cart_minor, device)["decisions"][0]
        meet(tea, visitor_id, number, thanks)


def meet(tea: Store, visitor_id: str, number: int, decision: dict[str, Any]) -> str:
    """Report the exposure and what follows, and return the acceptance token where the offer is taken."""
    token = decision["exposure_token"]
    if token is None:
        return ""
    types = ["exposure"]
    is_taken = decision["content"] is not None and CHANCE.random() < 0.3
    if decision["content"] is not None:
        types += ["impression", *(["click", "accept"] if is_taken else ["decline"] if number % 2 else [])]
    events = [
        {
            "id": str(UUID(int=CHANCE.getrandbits(128), version=4)),
            "type": type_,
            "at": (CLOCK.at + timedelta(seconds=position)).isoformat(),
            "exposure_token": token,
            "props": {"layout": "card"} if type_ == "impression" else {},
        }
        for position, type_ in enumerate(types)
    ]
    CLOCK.pass_(seconds=10)
    post("events", key=tea.site_key, visitor_id=visitor_id, sent_at=CLOCK.at.isoformat(), events=events)
    return take(tea, visitor_id, token, f"key-{number}-{decision['moment']}") if is_taken else ""


def take(store: Store, visitor_id: str, exposure_token: str, key: str) -> str:
    """Accept the offer and return the signed token."""
    answer = post(
        "accept", key=store.site_key, visitor_id=visitor_id, exposure_token=exposure_token, idempotency_key=key
    )
    return str(answer["acceptance_token"])


def buy(tea: Store, visitor_id: str, number: int, cart_minor: int, accepted: list[str]) -> None:
    """Order, in two versions where something is sent back; every fifth names only the customer."""
    offered = {"cup": 890, "pot": 3_390, "tin": 1_150}
    lines: list[dict[str, Any]] = [{"sku": "leaves", "quantity": 1, "price_minor": cart_minor, "cost_minor": 400}]
    for token in accepted:
        (line,) = claims(token)["lines"]
        lines.append(
            {"sku": line["sku"], "quantity": 1, "price_minor": offered[line["sku"]], "acceptance_token": token}
        )
        if number % 2:
            Acceptance.objects.filter(store=tea, jti=claims(token)["jti"]).update(redeemed_at=CLOCK.at)
    goods = sum(line["price_minor"] for line in lines)
    order = {
        "external_id": f"tea-{number}",
        "placed_at": CLOCK.at.isoformat(),
        "updated_at": CLOCK.at.isoformat(),
        "currency": "EUR",
        "visitor_id": visitor_id,
        "customer_id": f"customer-{number}",
        "subtotal_minor": goods,
        "tax_minor": goods // 5,
        "shipping_minor": 490,
        "total_minor": goods + goods // 5 + 490,
        "lines": lines,
    }
    post("orders", tea.secret_key, **order)
    if number % 9 == 0:
        later = CLOCK.at + timedelta(hours=1)
        refund = {"external_id": f"r{number}", "amount_minor": cart_minor // 2, "at": later.isoformat()}
        post("orders", tea.secret_key, **order | {"updated_at": later.isoformat(), "refunds": [refund]})
    if number % 23 == 0:
        post(
            "orders", tea.secret_key, **order | {"updated_at": CLOCK.pass_(hours=2).isoformat(), "status": "cancelled"}
        )


def claims(token: str) -> Any:
    """What an acceptance token says, unverified."""
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def share(tests: dict[str, Experiment]) -> dict[str, str]:
    """One link that is open for a hundred years, and one that was taken back."""
    kept = sharing.share(experiment=tests["cart"], actor="ada", days=36_500)
    gone = sharing.share(experiment=tests["winner"], actor="ada", days=36_500)
    sharing.unshare(link=gone, actor="ada")
    return {"open": kept.token, "revoked": gone.token}


def accept_and_leave(tea: Store) -> dict[str, str]:
    """An offer that was taken just before the upgrade and is paid for after it."""
    live_configuration.refresh()
    for number in range(100):
        visitor_id = f"v_late{number:012d}"
        decision = decide(tea, visitor_id, ["cart"], 4_000, "desktop")["decisions"][0]
        if decision["content"] is not None and decision["experiment"] == "cart-cup":
            meet_token = decision["exposure_token"]
            event = {
                "id": str(UUID(int=CHANCE.getrandbits(128), version=4)),
                "type": "exposure",
                "at": CLOCK.at.isoformat(),
                "exposure_token": meet_token,
            }
            post("events", key=tea.site_key, visitor_id=visitor_id, events=[event])
            token = take(tea, visitor_id, meet_token, "late")
            return {"visitor_id": visitor_id, "exposure_token": meet_token, "acceptance_token": token}
    raise AssertionError("Nobody was shown the offer.")


def import_past(tea: Store) -> None:
    """A test of the past, from a file."""
    rows = ["id,arm,spent,orders,day,area"]
    for number in range(240):
        is_buyer = number % 3 == 0
        spent = f"{20 + number % 17 + (5 if number % 2 else 0)}.00" if is_buyer else "0"
        arm, area = ("control", "treatment")[number % 2], ("north", "south")[number % 5 // 3]
        rows.append(f"u{number},{arm},{spent},{int(is_buyer)},2026-09-0{1 + number % 9},{area}")
    import_experiment(
        BytesIO("\n".join(rows).encode()),
        PastTest(store_slug=tea.slug, key="past-mail", name="Mail or none", control="control"),
        Columns(variant="arm", revenue="spent", orders="orders", unit="id", exposed_at="day", segments=("area",)),
    )
    past = Experiment.objects.get(store=tea, key="past-mail")
    past.decision, past.learning = Decision.ITERATE, "Twice a month is enough."
    past.save()


def leave_a_day_touched(tea: Store) -> None:
    """A visitor of whom no sums tell yet."""
    visit(tea, "v_tea_last", 9_999)
