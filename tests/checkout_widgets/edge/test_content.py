"""What a widget says in the shopper's language."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from checkout_widgets.edge import content, wording
from checkout_widgets.edge.widget_configuration import ComparisonTable, Item, OfferConfiguration, WidgetConfiguration

COPY = {
    "headline": "Leather care balm",
    "body": "Only {price}",
    "reason": "Keeps your boots waterproof.",
    "social_proof": "",
    "accept_label": "Add for {price}",
    "decline_label": "No thanks",
    "terms_label": "",
}
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
BALM = Item("23084", "Leather care balm, 75 ml", 1, "https://shop.example/balm.jpg", 1250)


def offer(**fields: Any) -> OfferConfiguration:
    defaults: dict[str, Any] = {
        "id": 1,
        "key": "balm",
        "kind": "cross_sell",
        "currency": "EUR",
        "price_minor": 990,
        "compare_at_minor": 1250,
        "starts_at": None,
        "ends_at": None,
        "is_active": True,
        "stock": None,
        "items": (BALM,),
    }
    return OfferConfiguration(**defaults | fields)


WIDGET_FIELDS = {
    "layout",
    "phone_layout",
    "comparisons",
    "terms_url",
    "timezone",
    "free_shipping_minor",
    "is_price_marked",
}


def widget(translations: dict[str, dict[str, str]] | None = None, **fields: Any) -> WidgetConfiguration:
    """A widget; fields that aren't its own are its offer's."""
    copy = {"": COPY} | {locale: COPY | texts for locale, texts in (translations or {}).items()}
    own: dict[str, Any] = {"layout": "card", "theme": {"accent": "#0a7"}, "terms_url": ""}
    own |= {name: fields.pop(name) for name in WIDGET_FIELDS & fields.keys()}
    return WidgetConfiguration(offer=offer(**fields), copy=copy, **own)


def read(shown: WidgetConfiguration, locale: str, now: datetime = NOW, **request: Any) -> dict[str, Any]:
    value: dict[str, Any] = msgspec.json.decode(content.render(shown, locale, now, **request))
    return value


def test_render_german_shopper_sees_german_prices_and_words():
    shown = read(widget({"de": {"headline": "Lederbalsam", "accept_label": "Für {price} hinzufügen"}}), "de-DE")
    assert shown["headline"] == "Lederbalsam"
    assert shown["reason"] == "Keeps your boots waterproof."  # not translated
    assert shown["accept_label"] == "Für 9,90\xa0€ hinzufügen"
    assert shown["price"] == {"minor": 990, "currency": "EUR", "text": "9,90\xa0€"}
    assert shown["compare_at"] == {"minor": 1250, "currency": "EUR", "text": "12,50\xa0€"}
    assert shown["saving_text"] == "2,60\xa0€ gespart"
    assert shown["messages"]["close"] == "Schließen"
    assert shown["direction"] == "ltr"


def test_render_has_every_field_of_the_contract():
    assert read(widget(), "en-GB") == {
        "layout": "card",
        "headline": "Leather care balm",
        "body": "Only €9.90",
        "reason": "Keeps your boots waterproof.",
        "proof": "",
        "items": [
            {
                "sku": "23084",
                "title": "Leather care balm, 75 ml",
                "quantity": 1,
                "image_url": "https://shop.example/balm.jpg",
                "price": {"minor": 990, "currency": "EUR", "text": "€9.90"},
                "compare_at": {"minor": 1250, "currency": "EUR", "text": "€12.50"},
            }
        ],
        "price": {"minor": 990, "currency": "EUR", "text": "€9.90"},
        "compare_at": {"minor": 1250, "currency": "EUR", "text": "€12.50"},
        "saving_text": "Save €2.60",
        "deadline_at": None,
        "deadline_text": "",
        "stock": None,
        "stock_text": "",
        "terms_url": None,
        "terms_label": "",
        "accept_label": "Add for €9.90",
        "decline_label": "No thanks",
        "direction": "ltr",
        "theme": {"accent": "#0a7"},
        "messages": wording.MESSAGES["en"]
        | {"added": "Leather care balm, 75 ml added for €9.90.", "removed": "Leather care balm, 75 ml removed."},
    }


@pytest.mark.parametrize(
    ("locale", "headline"),
    [("de-AT", "Servus"), ("de-DE", "Hallo"), ("de", "Hallo"), ("de_AT", "Servus"), ("fr-FR", "Leather care balm")],
)
def test_render_copy_falls_back_from_region_to_language_to_own(locale, headline):
    assert read(widget({"de": {"headline": "Hallo"}, "de-at": {"headline": "Servus"}}), locale)["headline"] == headline


@pytest.mark.parametrize(
    ("locale", "text"),
    [("", "€9.90"), ("tlh", "€9.90"), ("de-XX", "9,90\xa0€"), ("de-DE-x-private", "9,90\xa0€"), ("---", "€9.90")],
)
def test_render_locale_that_nobody_knows_falls_back(locale, text):
    assert read(widget(), locale)["price"]["text"] == text


@pytest.mark.parametrize("compare_at", [None, 0, 989, 990])
def test_render_without_saving_shows_none(compare_at):
    shown = read(widget(compare_at_minor=compare_at), "en")
    assert shown["compare_at"] is None
    assert shown["saving_text"] == ""


@pytest.mark.parametrize(("stock", "shown"), [(None, None), (11, None), (10, 10), (1, 1)])
def test_render_stock_is_said_where_it_is_low(stock, shown):
    assert read(widget(stock=stock), "en")["stock"] == shown


def test_render_deadline_is_the_offers_end():
    ends_at = datetime(2026, 12, 24, 18, tzinfo=UTC)
    assert read(widget(ends_at=ends_at), "en")["deadline_at"] == "2026-12-24T18:00:00Z"


def test_render_arabic_copy_runs_from_right_to_left():
    shown = widget({"ar": {"headline": "10 % بلسم"}})
    assert read(shown, "ar-EG")["direction"] == "rtl"
    assert read(shown, "ar-EG")["messages"]["close"] == "إغلاق"
    assert read(shown, "he")["direction"] == "ltr"  # not translated: English letters


def test_render_braces_in_copy_are_harmless():
    assert read(widget({"en": {"headline": "{0} {price.__class__} {{x}}"}}), "en")["headline"] == (
        "{0} {price.__class__} {{x}}"
    )


def test_render_keeps_what_it_built_and_forgets_in_time(monkeypatch):
    monkeypatch.setattr(content, "MAX_CONTENTS", 3)
    shown = widget()
    assert content.render(shown, "de-DE", NOW) is content.render(shown, "de_DE", NOW)
    for locale in ("de", "fr", "es", "nl", "pl"):
        content.render(shown, locale, NOW)
    assert len(shown.contents) <= 3


def test_render_phone_has_its_own_layout():
    shown = widget(layout="card", phone_layout="line")
    layouts = [read(shown, "en", device=device)["layout"] for device in ("phone", "tablet", "desktop", "")]
    assert layouts == ["line", "card", "card", "card"]


def test_render_deadline_is_said_by_the_stores_clocks_in_the_shoppers_language():
    ends_at = datetime(2026, 11, 29, 22, 59, tzinfo=UTC)
    shown = widget(ends_at=ends_at, timezone=ZoneInfo("Europe/Berlin"))
    assert read(shown, "en-GB")["deadline_text"] == "Until Sunday, 29 November, 23:59"
    assert read(shown, "de-DE")["deadline_text"] == "Bis Sonntag, 29. November, 23:59 Uhr"
    assert read(shown, "it-IT")["deadline_text"].startswith("Until Sunday")  # no half sentences in Italian


def test_render_deadline_of_another_year_says_which():
    shown = widget(ends_at=datetime(2027, 1, 2, 8, tzinfo=UTC))
    assert read(shown, "en-GB")["deadline_text"] == "Until Saturday, 2 January 2027, 08:00"


@pytest.mark.parametrize(("stock", "text"), [(None, ""), (11, ""), (3, "Only 3 left")])
def test_render_stock_text_is_there_while_it_is_low(stock, text):
    assert read(widget(stock=stock), "en")["stock_text"] == text


def test_render_terms_are_named_where_they_are_linked():
    linked = widget({"fr": {"terms_label": "Conditions de garantie"}}, terms_url="https://shop.example/terms")
    assert read(linked, "de")["terms_label"] == "Bedingungen"
    assert read(linked, "fr")["terms_label"] == "Conditions de garantie"


PROOF = {"social_proof": "{orders_30d} orders in the last 30 days"}


@pytest.mark.parametrize(
    ("orders", "text"), [(10, "10 orders in the last 30 days"), (1240, "1,240 orders in the last 30 days")]
)
def test_render_social_proof_is_counted(orders, text):
    assert read(widget({"en": PROOF}, recent_orders=orders), "en")["proof"] == text


def test_render_subscription_says_how_often_it_is_paid():
    shown = read(widget({"de": {"accept_label": "Für {price} abonnieren"}}, billing_period="month"), "de")
    assert shown["price"]["text"] == "9,90\xa0€ pro Monat"
    assert shown["price"]["minor"] == 990
    assert shown["accept_label"] == "Für 9,90\xa0€ pro Monat abonnieren"


POT, CUP = Item("pot", "Teapot", 1, "", 3900), Item("cup", "Cup", 2, "", 1000)


def test_render_bundle_has_what_each_item_costs_alone():
    shown = read(
        widget(kind="bundle", price_minor=4800, compare_at_minor=None, items=(POT, CUP), layout="bundle"), "en"
    )
    assert [item["compare_at"]["text"] for item in shown["items"]] == ["€39.00", "€20.00"]
    assert [item["price"]["minor"] for item in shown["items"]] == [3172, 1628]  # 4800 * 39 / 59 = 3172.9
    assert (shown["compare_at"]["text"], shown["saving_text"]) == ("€59.00", "Save €11.00")


def test_render_item_that_is_not_cheaper_has_no_compare_at():
    shown = read(widget(price_minor=1250, compare_at_minor=None), "en")
    assert shown["items"][0]["compare_at"] is None


ROWS = ComparisonTable(("", "Pro"), (("Battery", "20 h", "38 h"), ("Warranty", "1 year", "3 years")))
STANDARD = Item("std", "Standard", 1, "", 7900)


def test_render_comparison_ends_with_both_prices():
    shown = widget(
        {"en": {"accept_label": "Switch for {difference} more"}},
        layout="comparison",
        comparisons={"": ROWS},
        replaces=STANDARD,
        price_minor=10900,
        compare_at_minor=None,
    )
    read_ = read(shown, "en")
    assert read_["comparison"] == {
        "columns": ["Standard, in your cart", "Pro"],
        "rows": [
            {"label": "Battery", "values": ["20 h", "38 h"]},
            {"label": "Warranty", "values": ["1 year", "3 years"]},
            {"label": "Price", "values": ["€79.00", "€109.00"]},
        ],
    }
    assert read_["accept_label"] == "Switch for €30.00 more"


def test_render_comparison_follows_the_language():
    german = ComparisonTable(("Standard", "Pro"), (("Akku", "20 Std.", "38 Std."),))
    shown = widget(layout="comparison", comparisons={"": ROWS, "de": german})
    assert read(shown, "de-AT")["comparison"]["rows"] == [{"label": "Akku", "values": ["20 Std.", "38 Std."]}]
    assert read(shown, "fr")["comparison"]["columns"] == ["", "Pro"]


@pytest.mark.parametrize("layout", ["comparison", "quantity_break"])
def test_render_layout_that_has_nothing_to_show_is_a_card(layout):
    shown = read(widget(layout=layout), "en")
    assert shown["layout"] == "card"
    assert not {"comparison", "tiers"} & set(shown)


def added(quantity: int, price: str) -> str:
    return f"{quantity} × Leather care balm, 75 ml für {price}\xa0€ hinzugefügt."  # noqa: RUF001


def test_render_tiers_have_price_unit_price_and_saving():
    shown = widget(
        kind="quantity_break",
        layout="quantity_break",
        price_minor=1250,
        compare_at_minor=None,
        tiers={3: 3000, 2: 2250, 6: 8000},
    )
    assert read(shown, "de")["tiers"] == [
        {
            "quantity": 2,
            "price": {"minor": 2250, "currency": "EUR", "text": "22,50\xa0€"},
            "unit_price_text": "11,25\xa0€ pro Stück",
            "saving_text": "2,50\xa0€ gespart",  # 2 * 12.50 - 22.50
            "accept_label": "2 für 22,50\xa0€ hinzufügen",
            "added_text": added(2, "22,50"),
        },
        {
            "quantity": 3,
            "price": {"minor": 3000, "currency": "EUR", "text": "30,00\xa0€"},
            "unit_price_text": "10,00\xa0€ pro Stück",
            "saving_text": "7,50\xa0€ gespart",
            "accept_label": "3 für 30,00\xa0€ hinzufügen",
            "added_text": added(3, "30,00"),
        },
        {
            "quantity": 6,
            "price": {"minor": 8000, "currency": "EUR", "text": "80,00\xa0€"},
            "unit_price_text": "13,34\xa0€ pro Stück",  # 13.333... is never told as less
            "saving_text": "",
            "accept_label": "6 für 80,00\xa0€ hinzufügen",
            "added_text": added(6, "80,00"),
        },
    ]


def test_render_tier_label_of_the_store_counts():
    shown = widget({"en": {"accept_label": "{quantity} packs, {price}"}}, layout="quantity_break", tiers={2: 1900})
    assert read(shown, "en")["tiers"][0]["accept_label"] == "2 packs, €19.00"
    assert read(shown, "en")["accept_label"] == "1 packs, €9.90"


def test_render_tier_that_there_is_not_enough_of_is_left_out():
    shown = read(widget(layout="quantity_break", tiers={2: 1900, 3: 2700}, stock=2), "en")
    assert [tier["quantity"] for tier in shown["tiers"]] == [2]


@pytest.mark.parametrize(
    ("goal", "cart", "progress"),
    [
        (5000, 3900, {"share": 0.78, "text": "€11.00 to free shipping"}),
        (5000, 0, {"share": 0.0, "text": "€50.00 to free shipping"}),
        (5000, 5000, None),
        (5000, None, None),
        (None, 3900, None),
    ],
)
def test_render_progress_is_of_this_cart(goal, cart, progress):
    shown = widget(layout="free_shipping", free_shipping_minor=goal)
    for _ in range(2):  # the second time from what was kept
        assert read(shown, "en", cart_minor=cart).get("progress") == progress


def test_render_progress_is_only_said_where_it_is_shown():
    assert "progress" not in read(widget(layout="card", free_shipping_minor=5000), "en", cart_minor=1)


def priced_before(reference_minor: int | None, **fields: Any) -> dict[str, Any]:
    """The content of an offer whose item may be said to have cost this much."""
    return read(widget(items=(replace(BALM, reference_minor=reference_minor),), **fields), "en")


def test_compare_at_is_never_above_what_the_item_cost():
    assert priced_before(None)["compare_at"]["minor"] == 1250
    assert priced_before(1100)["compare_at"]["minor"] == 1100
    assert priced_before(1100)["saving_text"] == "Save €1.10"
    assert priced_before(1100)["items"][0]["compare_at"]["minor"] == 1100
    assert priced_before(990)["compare_at"] is None
    assert priced_before(990)["saving_text"] == ""
    assert priced_before(900)["items"][0]["compare_at"] is None


def test_compare_at_by_the_catalog_follows_what_the_items_cost():
    shown = priced_before(1100, kind="discount", compare_at_minor=None)
    assert shown["compare_at"]["minor"] == 1100


def test_terms_are_in_the_shoppers_language():
    terms = {"": "30 days to return it.", "de": "30 Tage Rückgabe."}
    assert read(widget(terms=terms), "de-AT")["terms_text"] == "30 Tage Rückgabe."
    assert read(widget(terms=terms), "fr")["terms_text"] == "30 days to return it."
    assert "terms_text" not in read(widget(), "en")


@pytest.mark.parametrize("language", wording.MESSAGES)
def test_terms_of_a_subscription_say_what_is_paid_and_how_often(language):
    shown = read(widget(billing_period="month", terms={"": "Cancel in your account."}), language)
    assert shown["price"]["text"] in shown["terms_text"]
    assert shown["terms_text"].endswith("Cancel in your account.")
    marked = read(widget(is_price_marked=True), language)
    assert marked["terms_text"] == wording.PERSONAL_PRICE[language]
