"""Offers of pairs in messages: chosen for everybody before a test assigns anybody, and looked at again at the claim."""

from datetime import timedelta
from typing import Any

import pytest

from checkout_widgets.models import ChosenPair, Product
from checkout_widgets.recommending.lists import lists_of, write_lists
from experiments.models import Exposure, Store
from journeys.checks.claims import why_not
from journeys.life.reach import reach_of
from journeys.models import ConsentBasis, Contact, Journey, JourneyStep, SendPoint
from tests import factories
from tests.factories import NOON
from tests.journeys import followups
from tests.journeys.followups import DAY, HOUR, plan
from tests.journeys.planning.holds import declined_on_site, known_as
from tests.pair_offers import make_pair_offer

pytestmark = pytest.mark.django_db
TEA = [{"sku": "Tea", "quantity": 1, "price_minor": 900}]
WORDS = {"subject": "Goes with it", "blocks": [{"kind": "product", "id": "p", "button": "See it"}]}


@pytest.fixture
def store() -> Store:
    """A store where cups, then pots, are bought with tea, and nothing with soap."""
    store = followups.make_sending_store()
    tea, cup, pot = [
        factories.make_product(store, sku=sku, title=sku, category=f"{sku}s", price_minor=price)
        for sku, price in (("Tea", 900), ("Cup", 1000), ("Pot", 2995))
    ]
    write_lists(store, lists_of([(tea.pk, cup.pk, 0.5), (tea.pk, pot.pk, 0.4)]))
    return store


def selling(store: Store, *offers: str, **step: object) -> Journey:
    """A journey whose one step has a message for each of these offers."""
    own, *others = ({**WORDS, "offer": key} for key in offers)
    variants = {f"message-{number}": other for number, other in enumerate(others, start=2)}
    return followups.make_journey(store, {"document": own | {"variants": variants}, **step})


def customer(journey: Journey, lines: list[dict[str, object]], **fields: Any) -> Contact:
    """Somebody who ordered these, and whose step is due at noon."""
    contact = followups.make_contact(journey.store, **fields)
    followups.make_run(journey, contact, followups.order_of(contact, lines=lines))
    return contact


def point_of(contact: Contact) -> SendPoint:
    return SendPoint.objects.get(contact=contact)


def offers_kept_of(contact: Contact) -> dict[str, list[str]]:
    kept = point_of(contact).pairs
    assert kept is not None
    return dict(kept["offers"])


def test_pair_is_chosen_by_the_order_and_kept_in_every_variant(store):
    best, both = make_pair_offer(store, key="best"), make_pair_offer(store, key="both", pairing="both")
    experiment = followups.make_step_test(store)
    journey = selling(store, best.key, both.key, experiment=experiment)
    contacts = [customer(journey, TEA) for _ in range(12)]
    plan(journey)
    kept = {"version": 1, "offers": {"best": ["Cup"], "both": ["Cup", "Pot"]}}
    assert [point_of(contact).pairs for contact in contacts] == [kept] * 12
    assert {point_of(contact).verdict for contact in contacts} == {"send", "control"}
    arms = {"control": [], "treatment": ["Cup"]}
    assert list(Exposure.objects.values_list("would_show", flat=True)) == [{"version": 1, "arms": arms}] * 12


@pytest.mark.parametrize("keys", [("counted", "pinned"), ("pinned", "counted")])
def test_customer_for_whom_one_message_has_no_pair_gets_none_and_isnt_exposed(store, keys):
    for source in keys:
        make_pair_offer(store, key=source, pair_source=source)
    journey = selling(store, *keys, experiment=followups.make_step_test(store))
    contacts = [customer(journey, TEA) for _ in range(8)]
    plan(journey)
    assert {point_of(contact).verdict for contact in contacts} == {"no_pair"}
    assert not Exposure.objects.exists()
    product = {name: Product.objects.get(sku=name) for name in ("Tea", "Pot")}
    ChosenPair.objects.create(store=store, product=product["Tea"], suggested=product["Pot"])
    later = customer(journey, TEA)
    plan(journey)
    assert offers_kept_of(later) == {"counted": ["Cup"], "pinned": ["Pot"]}


@pytest.mark.parametrize(
    ("pairing", "owned", "sold"),
    [("best", "Cup", ["Pot"]), ("both", "cup", None), ("second", "Soap", ["Pot"]), ("best", "", ["Cup"])],
)
def test_what_the_customer_ever_bought_is_not_offered(store, pairing, owned, sold):
    journey = selling(store, make_pair_offer(store, key="pair", pairing=pairing).key)
    contact = customer(journey, TEA)
    lines = [{"sku": owned, "quantity": 1, "price_minor": 100}]
    followups.order_of(contact, placed_at=NOON - 90 * DAY, lines=lines)
    plan(journey)
    assert offers_kept_of(contact).get("pair") == sold
    assert (point_of(contact).verdict == "send") == (sold is not None)


def test_order_with_which_nothing_goes_gets_no_message(store):
    journey = selling(store, make_pair_offer(store).key)
    contact = customer(journey, [{"sku": "Soap", "quantity": 1, "price_minor": 900}])
    plan(journey)
    assert followups.verdicts(contact) == ["no_pair"]


def test_campaign_goes_by_the_last_order(store):
    journey = selling(store, make_pair_offer(store, key="pair").key)
    contact = followups.make_contact(store)
    soap = [{"sku": "Soap", "quantity": 1, "price_minor": 900}]
    followups.order_of(contact, placed_at=NOON - 40 * DAY, lines=soap)
    followups.order_of(contact, placed_at=NOON - 30 * DAY, lines=TEA)
    followups.order_of(followups.make_contact(store), placed_at=NOON - 20 * DAY, lines=soap)
    followups.make_run(journey, contact)
    plan(journey)
    assert offers_kept_of(contact) == {"pair": ["Cup"]}


@pytest.mark.parametrize(("category", "verdict"), [("Cups", "send"), ("Pots", "no_consent")])
def test_soft_opt_in_is_good_for_the_category_of_the_chosen_product(store, category, verdict):
    store.sender.is_soft_opt_in = True
    store.sender.save()
    journey = selling(store, make_pair_offer(store).key)
    contact = customer(journey, TEA, basis=ConsentBasis.NONE)
    followups.consent(contact.addresses.get(), ConsentBasis.SOFT_OPT_IN, categories=[category])
    plan(journey)
    assert followups.verdicts(contact) == [verdict]


def test_chosen_product_that_was_declined_on_the_site_holds_the_message_back(store):
    journey = selling(store, make_pair_offer(store).key)
    contact = customer(journey, TEA)
    known_as(contact.runs.get())
    declined_on_site(store, factories.make_offer(store, Product.objects.get(sku="Cup")), ago=20 * DAY)
    plan(journey)
    assert followups.verdicts(contact) == ["declined"]


def sell_out(store, contact):
    Product.objects.filter(sku="Cup").update(stock=0)


def switch_off(store, contact):
    Product.objects.filter(sku="Cup").update(is_active=False)


def delete(store, contact):
    Product.objects.filter(sku="Cup").delete()


def ban(store, contact):
    ChosenPair.objects.create(store=store, suggested=Product.objects.get(sku="Cup"), is_banned=True)


def buy(store, contact):
    lines = [{"sku": "Cup", "quantity": 1, "price_minor": 100}]
    followups.order_of(contact, placed_at=NOON - 9 * DAY, lines=lines)  # heard of only now


def forget(store, contact):
    SendPoint.objects.update(pairs=None)


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        (sell_out, "out_of_stock"),
        (switch_off, "out_of_stock"),
        (delete, "out_of_stock"),
        (ban, "out_of_stock"),
        (buy, "owned"),
        (forget, "no_pair"),
    ],
)
def test_message_whose_product_cant_be_had_any_more_is_held_back_at_the_claim(store, change, verdict):
    journey = selling(store, make_pair_offer(store).key)
    contact = customer(journey, TEA)
    plan(journey)
    message = followups.message_of(contact)
    assert why_not(message, NOON + HOUR).may_go_out
    change(store, contact)
    assert why_not(message, NOON + HOUR).verdict == verdict


def test_a_better_pair_of_later_changes_nothing_that_was_chosen(store):
    journey = selling(store, make_pair_offer(store, key="pair").key)
    contact = customer(journey, TEA)
    plan(journey)
    tea, pot = Product.objects.get(sku="Tea"), Product.objects.get(sku="Pot")
    write_lists(store, lists_of([(tea.pk, pot.pk, 0.9)]))
    assert why_not(followups.message_of(contact), NOON + timedelta(seconds=1)).may_go_out
    assert offers_kept_of(contact) == {"pair": ["Cup"]}


def test_step_for_owners_may_offer_what_they_have(store):
    journey = selling(store, make_pair_offer(store, key="pair").key, is_for_owners=True)
    contact = customer(journey, TEA)
    buy(store, contact)
    plan(journey)
    assert offers_kept_of(contact) == {"pair": ["Cup"]}
    assert followups.verdicts(contact) == ["send"]


def test_reach_counts_orders_with_which_nothing_goes(store):
    journey = selling(store, make_pair_offer(store).key)
    for sku in ("Tea", "Tea", "Soap"):
        lines = [{"sku": sku, "quantity": 1, "price_minor": 900}]
        followups.order_of(followups.make_contact(store), placed_at=NOON - 5 * DAY, lines=lines)
    (step,) = reach_of(journey.versions.get(), store.sender, NOON).steps
    assert (step.reached, dict(step.held_back)) == (2, {"no_pair": 1})


def test_step_without_offers_of_pairs_keeps_none(store):
    journey = followups.make_journey(store)
    contact = customer(journey, TEA)
    plan(journey)
    assert point_of(contact).pairs is None
    assert JourneyStep.objects.get().document == {}
