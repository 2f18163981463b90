"""Two offers in a row at the confirmation: decided, signed, accepted and reported as one test."""

from datetime import UTC, datetime
from typing import Any

import jwt
import pytest

from checkout_widgets.edge import answers, tokens
from checkout_widgets.edge.publication.documents import document_of, rows_of
from checkout_widgets.edge.rows import read_rows
from checkout_widgets.models import Acceptance, NextWidget, Product
from experiments.models import Experiment, Variant, WidgetEvent
from tests import factories
from tests.described import assert_is

EVENT = {"id": "0193a1c2-7d1e-7cc1-9c5e-2f6b0d0e7a11", "type": "impression"}


@pytest.fixture
def experiment(store) -> Experiment:
    return factories.make_live_experiment(store, key="thanks", salt="salt", moment="confirmation")


@pytest.fixture
def treatment(experiment) -> Variant:
    treatment: Variant = experiment.variants.get(key="treatment")
    return treatment


@pytest.fixture
def seconds(store, treatment) -> dict[str, NextWidget]:
    found = {}
    for after, price in (("accepted", 400), ("declined", 200)):
        offer = factories.make_offer(store, factories.make_product(store, sku=after), price_minor=price)
        found[after] = factories.make_next_widget(treatment, after, offer, headline=f"Second, {after}")
    return found


@pytest.fixture
def ask(decide, experiment):
    """The decision of a visitor in this variant."""

    def decided(variant: str = "treatment", **body: Any) -> tuple[str, dict[str, Any]]:
        for number in range(100):
            decision = decide(f"v_{number}", moments=["confirmation"], **body)
            if decision["variant"] == variant:
                return f"v_{number}", decision
        raise AssertionError(variant)

    return decided


def parts_of(decision: dict[str, Any]) -> list[str]:
    return [part["name"] for part in decision["parts"]]


def test_sequence_is_in_the_content_and_every_arm_loads_its_part(ask, seconds):
    _, shown = ask()
    assert_is(shown["content"], answers.WidgetContent)
    second = shown["content"]["next"]
    assert {after: (content["headline"], content["price"]["minor"]) for after, content in second.items()} == {
        "accepted": ("Second, accepted", 400),
        "declined": ("Second, declined", 200),
    }
    assert "upsell_sequence" in parts_of(shown)
    assert parts_of(ask("control")[1]) == parts_of(shown)


def test_single_offer_has_neither_a_next_nor_its_part_and_the_same_token_as_before(ask, seconds):
    NextWidget.objects.update(is_shown=False)
    _, shown = ask()
    assert "next" not in shown["content"]
    assert "upsell_sequence" not in parts_of(shown)
    token = tokens.read_exposure(shown["exposure_token"])
    assert type(token) is tokens.ExposureToken


def test_second_offers_are_for_the_confirmation_alone(ask, seconds, experiment, decide):
    Experiment.objects.update(moment="cart")
    decisions = [decide(f"v_{number}") for number in range(20)]
    shown = next(decision for decision in decisions if decision["variant"] == "treatment")
    assert "next" not in shown["content"]


def test_second_offer_that_is_sold_out_keeps_the_test_from_all_arms(ask, seconds, decide):
    Product.objects.filter(sku="declined").update(stock=0)
    reasons = {decide(f"v_{number}", moments=["confirmation"])["reason"] for number in range(20)}
    assert reasons == {"out_of_stock"}


def accept(post, visitor: str, decision: dict[str, Any], **fields: Any) -> Any:
    body = {"key": "pk_shop", "visitor_id": visitor, "exposure_token": decision["exposure_token"]}
    return post("/v1/accept", body | {"idempotency_key": f"click-{fields.get('step')}"} | fields)


def test_both_offers_are_accepted_by_one_token_each_at_its_price(post, store, ask, seconds, treatment):
    visitor, decision = ask()
    first = accept(post, visitor, decision).json()
    second = accept(post, visitor, decision, step="accepted").json()
    assert (first["total_minor"], second["total_minor"]) == (990, 400)
    claims = jwt.decode(second["acceptance_token"], store.secret_key, algorithms=["HS256"], audience="shop")
    assert (claims["step"], claims["variant"], claims["experiment"]) == ("accepted", "treatment", "thanks")
    assert claims["lines"] == [{"sku": "accepted", "quantity": 1, "price_minor": 400}]
    assert dict(Acceptance.objects.values_list("offer", "step")) == {
        treatment.widget.offer_id: "", seconds["accepted"].offer_id: "accepted"
    }  # fmt: skip
    redeemed = post(
        "/v1/acceptances/redeem", {"acceptance_token": second["acceptance_token"]},
        authorization=f"Bearer {store.secret_key}",
    )  # fmt: skip
    assert_is(redeemed.json(), answers.RedeemAnswer)
    assert redeemed.json()["step"] == "accepted"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda second: second.offer.__class__.objects.filter(pk=second.offer_id).update(price_minor=450), 409),
        (lambda second: NextWidget.objects.update(is_shown=False), 409),
        (lambda second: second.delete(), 409),
        (lambda second: None, 200),
    ],
    ids=["price_changed", "switched_off", "deleted", "unchanged"],
)
def test_second_offer_is_refused_once_it_is_another(post, ask, seconds, change, code):
    visitor, decision = ask()
    change(seconds["declined"])
    assert accept(post, visitor, decision, step="declined").status_code == code


def test_step_that_was_not_offered_is_refused_by_its_name(post, ask, seconds):
    seconds["declined"].delete()
    visitor, decision = ask()
    answer = accept(post, visitor, decision, step="declined")
    assert (answer.status_code, answer.json()["error"]["field"]) == (400, "step")
    answer = accept(post, visitor, decision, step="third")
    assert (answer.status_code, answer.json()["error"]["field"]) == (400, "step")


@pytest.mark.parametrize(("step", "noted"), [("accepted", "accepted"), ("third", None), (7, None), (None, None)])
def test_event_is_noted_with_a_step_that_its_token_offers(post, ask, seconds, step, noted):
    visitor, decision = ask()
    event = EVENT | {"at": datetime.now(UTC).isoformat(), "exposure_token": decision["exposure_token"]}
    post("/v1/events", {"key": "pk_shop", "visitor_id": visitor, "events": [event | {"props": {"step": step}}]})
    assert WidgetEvent.objects.get().props["offerlift"].get("step") == noted


def test_sequence_is_the_same_from_a_published_document(store, seconds):
    (rows,) = read_rows([store.pk])
    read = rows_of(document_of(rows))
    (before,), (after,) = rows.experiments, read.experiments
    columns = ("id", "variant_id", "offer_id", "after", "headline", "layout", "phone_copy")
    assert [[getattr(row, name) for name in columns] for row in after.next_widgets] == [
        [getattr(row, name) for name in columns] for row in before.next_widgets
    ]
    assert len(after.next_widgets) == 2
