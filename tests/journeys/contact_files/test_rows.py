"""What a row says, and what is wrong with it: the column and the fix, and never a cell."""

from datetime import UTC, datetime

import pytest

from experiments.tables import BadRow
from journeys.contact_files.rows import CONTACT_COLUMNS, ListedOptOut
from journeys.contacts.bulk import ListedContact
from tests.factories import NOON
from tests.journeys.contact_files.listings import rows_of

HEADER = ",".join(CONTACT_COLUMNS)
FULL = "Ada@shop.example,77,de-AT,at,Opt-in,2026-03-14 09:30,care,newsletter form,v3,"


def test_row_of_a_contact_says_all_that_its_columns_have():
    assert rows_of("contacts", HEADER, FULL) == [
        ListedContact(
            address="Ada@shop.example",
            customer_id="77",
            locale="de-AT",
            country="AT",
            basis="opt_in",
            said_at=datetime(2026, 3, 14, 8, 30, tzinfo=UTC),  # half past nine in Berlin
            topic="care",
            source="newsletter form",
            wording="v3",
            at=NOON,
        )
    ]


def test_row_of_an_address_alone_says_nothing_of_consent():
    [row] = rows_of("contacts", "email", "ada@shop.example")
    assert row == ListedContact(address="ada@shop.example", at=NOON)


def test_row_of_a_soft_opt_in_has_the_categories_that_it_is_good_for():
    row, without = rows_of(
        "contacts",
        "email,consent,at,categories",
        "a@shop.example,soft_opt_in,2026-01-01,Tea | Cups",
        "b@shop.example,soft_opt_in,2026-01-01,",
    )
    assert isinstance(row, ListedContact)
    assert row.categories == ("Tea", "Cups")
    assert str(without).startswith("categories is empty: a soft opt-in covers only similar products")


def test_row_of_an_opt_out_without_a_reason_or_time_is_what_somebody_asked_for_now():
    said, least = rows_of(
        "opt_outs",
        "email;topic;reason;at",
        "a@shop.example;care;Unsubscribed;2026-01-02T03:04:05Z",
        "b@shop.example;;;",
    )
    assert said == ListedOptOut(
        address="a@shop.example", topic="care", reason="unsubscribed", at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    )
    assert least == ListedOptOut(address="b@shop.example", topic="", reason="asked", at=NOON)


@pytest.mark.parametrize(
    ("column", "value", "advice"),
    [
        ("email", "ada at zz-secret", "an address that mail can be sent to"),
        ("email", "", "fill in an email address"),
        ("customer_id", "7.5E+12", "the shop's own ID"),
        ("customer_id", "=zz-secret", "the shop's own ID"),
        ("locale", "zz-secret@shop.example", "a language such as de"),
        ("country", "zz-secret", "two letters of a country"),
        ("consent", "zz-secret", "one of opt_in, soft_opt_in, none"),
        ("at", "zz-secret", "a time such as 2026-11-02T12:00:00Z"),
        ("at", "", "when the consent was given"),
        ("at", "2031-01-01", "in the future"),
        ("topic", "=HYPERLINK(zz-secret)", "topic of a journey's step"),
        ("source", "@zz-secret", "beginning with a letter or a digit"),
        ("wording_version", "+zz-secret", "beginning with a letter or a digit"),
    ],
)
def test_bad_cell_is_named_with_what_to_write_and_never_quoted(column, value, advice):
    cells = dict(zip(CONTACT_COLUMNS, FULL.split(","), strict=True)) | {column: value}
    [row] = rows_of("contacts", HEADER, ",".join(cells.values()))
    assert isinstance(row, BadRow)
    assert advice in str(row)
    assert column in str(row)
    assert "zz-secret" not in str(row)
