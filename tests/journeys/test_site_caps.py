"""Send points of both arms count on the store's pages; a test there stays balanced beside a journey's."""

from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from checkout_widgets.edge import arbiter, loading
from checkout_widgets.edge.payloads import DecideBody, Visitor
from checkout_widgets.models import SendPointDay
from checkout_widgets.send_points_today import SendPointsToday
from checkout_widgets.silenced_shoppers import customer_digest, visitor_digest
from experiments.accounting.customers import unit_of
from experiments.models import CustomerSighting, Exposure, Store
from experiments.statistics import sample_ratio_mismatch
from journeys import site_caps
from journeys.contacts.personal_data import erase_contacts
from journeys.models import Contact, SendPoint, SendVerdict
from journeys.site_caps import note_send_points
from tests import factories
from tests.journeys import followups

pytestmark = pytest.mark.django_db
# Rows of days that are over are not loaded, by the clock of the machine.
NOW = timezone.now().replace(hour=12, minute=0, second=0, microsecond=0)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def store():
    return followups.make_sending_store()


@pytest.fixture
def journey(store):
    return followups.make_journey(store, {"experiment": followups.make_step_test(store)})


def point(journey, contact: Contact, verdict: str = SendVerdict.SEND, at=NOW) -> SendPoint:
    run = followups.make_run(journey, contact)
    return SendPoint.objects.create(
        run=run, step=followups.step_of(journey), store=contact.store, contact=contact, at=at, verdict=verdict
    )


def held(store: Store) -> SendPointsToday:
    """What an edge holds."""
    loaded = loading.load().by_site_key[store.site_key].send_points
    assert loaded is not None
    return loaded


def test_both_arms_count_in_every_browser_and_as_the_customer_and_who_is_held_back_does_not(store, journey):
    digests = {}
    for verdict in (SendVerdict.SEND, SendVerdict.CONTROL, SendVerdict.CAPPED, SendVerdict.MESSAGE_HOLDOUT):
        contact = followups.make_contact(store, f"i_{verdict}")
        factories.make_order(store, customer_key=contact.customer_key, customer_id=verdict, visitor_id=f"v_{verdict}")
        CustomerSighting.objects.create(store=store, customer_id=verdict, visitor_id=f"seen_{verdict}", seen_at=NOW)
        point(journey, contact, verdict)
        names = (f"v_{verdict}", f"seen_{verdict}")
        of_visitors = [visitor_digest(store.pk, name) for name in names]
        digests[verdict] = [*of_visitors, customer_digest(store.pk, verdict)]
    note_send_points(NOW)
    counts = {verdict: list(map(held(store).of, of_contact)) for verdict, of_contact in digests.items()}
    assert counts == {"send": [1, 1, 1], "control": [1, 1, 1], "capped": [0, 0, 0], "message_holdout": [0, 0, 0]}


def test_second_send_point_counts_again_and_customer_without_an_order_is_known_by_the_key(store, journey):
    contact = followups.make_contact(store, "i_7")
    for _ in range(2):
        point(journey, contact)
    note_send_points(NOW)
    assert held(store).of(customer_digest(store.pk, "7")) == 2


def test_send_points_of_another_day_of_the_stores_clock_do_not_count(store, journey):
    Store.objects.update(timezone="Pacific/Auckland")
    store.refresh_from_db()
    midnight = NOW.astimezone(store.zone).replace(hour=0, minute=0)
    point(journey, followups.make_contact(store, "i_before"), at=midnight - timedelta(seconds=1))
    point(journey, followups.make_contact(store, "i_first"), at=midnight)
    note_send_points(midnight + HOUR)
    today = SendPointDay.objects.get()
    keys = SendPointsToday.unpacked(today.ends_at, bytes(today.shoppers))
    assert (keys.of(customer_digest(store.pk, "before")), keys.of(customer_digest(store.pk, "first"))) == (0, 1)
    assert today.ends_at == midnight + DAY


def test_nothing_is_written_or_loaded_again_where_no_send_point_is_new(store, journey, django_assert_num_queries):
    point(journey, followups.make_contact(store, "i_1"))
    note_send_points(NOW)
    version = loading.current_version()
    # The stores, their send points, and what was kept.
    with django_assert_num_queries(3):
        note_send_points(NOW + timedelta(minutes=1))
    assert loading.current_version() == version
    note_send_points(NOW + DAY)
    assert not SendPointDay.objects.exists()
    version = loading.current_version()
    note_send_points(NOW + DAY)
    assert loading.current_version() == version


def test_erased_customer_is_gone_with_the_next_minute(store, journey):
    for key in ("i_1", "i_2"):
        point(journey, followups.make_contact(store, key))
    note_send_points(NOW)
    erase_contacts(store, ["i_1"])
    note_send_points(NOW)
    assert [held(store).of(customer_digest(store.pk, name)) for name in ("1", "2")] == [0, 1]
    erase_contacts(store, ["i_2"])
    note_send_points(NOW)
    assert not SendPointDay.objects.exists()


CUSTOMERS = 600


def reach_site(store: Store) -> Counter[tuple[str, bool]]:
    """How many of each arm of the journey's test are offered something on the site, and how many are capped."""
    configuration = loading.load().by_site_key[store.site_key]
    arms = dict(Exposure.objects.values_list("visitor_id", "variant__key"))
    reached: Counter[tuple[str, bool]] = Counter()
    for number in range(CUSTOMERS):
        body = DecideBody(["cart"], visitor_id=f"v_{number}", visitor=Visitor(customer_id=str(number)))
        points = arbiter.send_points_today(configuration, arbiter.digests_of(configuration, body), NOW)
        is_offered = arbiter.offers_left(configuration, None, points) > 0
        reached[arms[unit_of(f"i_{number}")], is_offered] += 1
    return reached


@pytest.mark.slow
def p_value_of(visitors: list[int]) -> float:
    """The sample ratio's, of two arms of one share."""
    p_value = sample_ratio_mismatch(visitors, [1, 1]).p_value
    assert p_value is not None
    return p_value


def test_site_beside_a_journey_is_balanced_where_send_points_count_and_not_where_messages_do(
    store, journey, monkeypatch
):
    """Half of the customers come to the site before their message is due; the store shows one offer a day."""
    Store.objects.update(max_offers_per_day=1)
    for number in range(CUSTOMERS):
        contact = followups.make_contact(store, f"i_{number}")
        order = followups.order_of(contact, visitor_id=f"v_{number}", placed_at=NOW - 4 * DAY)
        due_at = NOW - HOUR
        if number % 2:
            due_at = NOW + HOUR
        followups.make_run(journey, contact, order, triggered_at=NOW - 4 * DAY, due_at=due_at)
    followups.plan(journey, NOW)
    note_send_points(NOW)
    first = held(store)
    # The later half is planned after its visit, so that both arms have visitors on the site.
    followups.plan(journey, NOW + HOUR)
    reached = reach_site(store)
    offered = [reached["control", True], reached["treatment", True]]
    assert sum(offered) == CUSTOMERS / 2
    assert p_value_of(offered) > 0.001
    assert len(first.keys) == CUSTOMERS  # a browser and a customer ID of each of the first half
    # As it would be by messages or by landings, which control has none of.
    monkeypatch.setattr(site_caps, "COUNTED_VERDICTS", (SendVerdict.SEND,))
    note_send_points(NOW)
    reached = reach_site(store)
    by_messages = [reached["control", True], reached["treatment", True]]
    assert p_value_of(by_messages) < 1e-6
