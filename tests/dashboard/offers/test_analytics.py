"""The figures of offers, told apart: every one of them is what the raw rows come to."""

import csv
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from checkout_widgets.offer_days import refresh
from checkout_widgets.offer_days.figures import OfferFigures
from dashboard.offers.analytics import MEASURES, AnalyticsPage, with_rest
from dashboard.offers.groups import GROUPINGS, NOT_RECORDED, OTHER
from experiments.models import Store, Variant
from tests import factories
from tests.checkout_widgets.offer_days.sales import buy, raw_sales, raw_times, raw_views, report, take

YESTERDAY = datetime.now(UTC) - timedelta(days=1)


@pytest.fixture
def store() -> Store:
    """Two moments: 3 views in the cart of which 2 are taken and 1 is bought, 1 view at payment of an unknown device."""
    store = factories.make_store(slug="tea", currency="EUR")
    cart = factories.make_live_experiment(store, key="cart", name="Stand").variants.get(key="treatment")
    payment = factories.make_live_experiment(store, key="payment", moment="payment").variants.get(key="treatment")
    for number, device in enumerate(("phone", "phone", "desktop")):
        report(cart, "impression", YESTERDAY, f"v_{number}", about={"device": device})
    report(payment, "impression", YESTERDAY, "v_9", about={})
    report(cart, "decline", YESTERDAY + timedelta(seconds=5), "v_0", about={"device": "phone"})
    told_at = YESTERDAY + timedelta(seconds=6)
    report(cart, "view", told_at, "v_0", about={"device": "phone"}, props={"ms": 4_100})
    report(cart, "view", told_at, "v_2", about={"device": "desktop"}, props={"ms": 1_900})
    offer = cart.widget.offer
    take(offer, cart, YESTERDAY, visitor_id="v_1", about={"device": "phone"})
    buy(take(offer, cart, YESTERDAY, visitor_id="v_2", about={"device": "desktop"}), cost_minor=400)
    refresh.refresh_all(datetime.now(UTC))
    return store


def asked(store: Store, **query: str) -> AnalyticsPage:
    return AnalyticsPage.asked(store, query, datetime.now(UTC))


def named(page: AnalyticsPage) -> dict[str, OfferFigures]:
    return {row.name: row.figures for row in page.rows}


@pytest.mark.django_db
def test_analytics_by_moment_have_the_largest_measure_first(store):
    page = asked(store)
    assert [(row.name, row.measured, row.length) for row in page.rows] == [
        ("Cart", "€9.90", 1.0),
        ("Payment", "€0.00", 0),
    ]
    assert named(page)["Cart"] == OfferFigures(
        **{"shown": 3, "declined": 1, "taken": 2, "bought": 1, "revenue_minor": 990, "cost_minor": 400},
        **{"decided": 1, "decision_ms": 5_000, "viewed": 2, "view_ms": 6_000},
    )
    assert page.effects["cart"].expected_high > page.effects["cart"].expected_low > 0


@pytest.mark.django_db
def test_analytics_by_device_say_what_is_not_recorded(store):
    figures = named(asked(store, by="device"))
    assert {name: found.shown for name, found in figures.items()} == {"Phone": 2, "Desktop": 1, "Not recorded": 1}
    assert figures["Desktop"].bought == 1


@pytest.mark.django_db
@pytest.mark.parametrize("by", GROUPINGS)
def test_analytics_of_every_grouping_come_to_the_raw_rows(store, by):
    total = asked(store, by=by, period="7").total
    views = [sum(column) for column in zip(*raw_views(store).values(), strict=True)]
    sales = [sum(column) for column in zip(*raw_sales(store).values(), strict=True)]
    assert [total.shown, total.in_cart, total.declined] == views
    times = [sum(column) for column in zip(*raw_times(store).values(), strict=True)]
    assert [total.decided, total.decision_ms, total.viewed, total.view_ms] == times
    assert [total.taken, total.bought, total.revenue_minor, total.refunded_minor, total.cost_minor] == sales


@pytest.mark.django_db
def test_analytics_of_each_value_come_to_its_raw_rows(store):
    figures = asked(store, by="device").figures
    for (_, _, value), (shown, _, _) in raw_views(store, dimension="device").items():
        assert figures[value].shown == shown


@pytest.mark.django_db
def test_analytics_by_widget_name_test_variant_and_step(store):
    variant = Variant.objects.get(experiment__key="cart", key="treatment")
    second = factories.make_next_widget(variant, "accepted")
    event = report(variant, "impression", YESTERDAY, "v_0", received_at=datetime.now(UTC))
    event.props["offerlift"] |= {"step": "accepted"}
    event.save()
    refresh.refresh_all(datetime.now(UTC))
    figures = named(asked(store, by="widget"))
    assert {name: found.shown for name, found in figures.items()} == {
        f"Stand · {variant}": 3,
        f"Stand · {variant} · Second offer after a yes": 1,
        f"{store.experiments.get(key='payment').name} · {variant}": 1,
    }
    assert figures[f"Stand · {variant}"].view_seconds == 3.0
    assert second.offer_id != variant.widget.offer_id


@pytest.mark.django_db
def test_page_says_where_the_time_in_view_is_not_recorded(store):
    client = Client()
    client.force_login(factories.make_user(store, role="viewer"))
    rows = client.get("/offers/analytics/?store=tea&by=moment").content.decode().split("<tr>")
    cells = {name: row for row in rows for name in ("Cart", "Payment") if f">{name}</th>" in row}
    assert "3.0\N{NO-BREAK SPACE}s" in cells["Cart"]
    assert "5.0\N{NO-BREAK SPACE}s" in cells["Cart"]
    assert "Not recorded" in cells["Payment"]


@pytest.mark.django_db
def test_analytics_are_narrowed_by_moment_and_offer(store):
    assert named(asked(store, moment="payment"))["Payment"].shown == 1
    offer = store.offers.get(widgets__variant__experiment__key="cart")
    assert list(named(asked(store, offer=offer.key))) == ["Cart"]


@pytest.mark.django_db
def test_analytics_addresses_that_say_nonsense_show_the_usual(store):
    page = asked(store, by="x", measure="y", moment="z", offer="a\x00", period="-1")
    assert (page.by, page.measure_key, page.moment, page.offer, page.period.key) == (
        "moment",
        "revenue",
        "",
        None,
        "28",
    )


def test_rest_adds_up_what_is_beyond_twelve_values():
    found = {str(number): OfferFigures(shown=100 - number) for number in range(15)}
    rest = with_rest(found, OfferFigures(shown=2000))
    assert len(rest) == 14
    assert rest[OTHER].shown == 88 + 87 + 86
    assert sum(figures.shown for figures in rest.values()) == 2000
    assert rest[NOT_RECORDED].shown == 2000 - sum(range(86, 101))


def test_measures_are_told_in_their_unit():
    figures = OfferFigures(shown=4, taken=1, decided=2, decision_ms=7000, revenue_minor=990)
    told = {key: measure.text(figures, "EUR") for key, measure in MEASURES.items()}
    assert (told["take_rate"], told["decision"], told["revenue"], told["shown"]) == ("25.0%", "3.5", "€9.90", "4")


@pytest.mark.django_db
def test_file_has_the_figures_of_the_page(store):
    client = Client()
    client.force_login(factories.make_user(store, role="viewer"))
    answer = client.get("/offers/analytics.csv?store=tea&by=device")
    rows = list(csv.DictReader(answer.content.decode().splitlines()))
    desktop = next(row for row in rows if row["group"] == "Desktop")
    assert (desktop["shown"], desktop["bought"], desktop["net_minor"], desktop["profit_minor"]) == (
        "1",
        "1",
        "990",
        "590",
    )
    assert desktop["currency"] == "EUR"
    assert "Desktop" in client.get("/offers/analytics/?store=tea&by=device").content.decode()


@pytest.mark.django_db
def test_another_stores_figures_are_not_found(store):
    client = Client()
    client.force_login(factories.make_user(factories.make_store(slug="coffee")))
    for path in ("/offers/analytics/", "/offers/analytics.csv"):
        assert client.get(f"{path}?store=tea").status_code == 404
