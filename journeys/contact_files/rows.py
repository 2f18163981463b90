"""What a row of a file says: a contact with consent, or an opt-out.

No message quotes a cell: errors are kept and shown to a team, and any column may hold an address where somebody has
mixed up the columns.
"""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from checkout_widgets.customer_fields import read_address, read_country, read_locale
from experiments.accounting.order_data import MAX_ID
from experiments.tables import BadRow, Row, cells
from journeys.contacts.bulk import ListedContact
from journeys.models import ConsentBasis, SuppressionReason

CONTACT_COLUMNS = (
    *("email", "customer_id", "locale", "country", "consent", "at"),
    *("topic", "source", "wording_version", "categories"),
)
OPT_OUT_COLUMNS = ("email", "topic", "reason", "at")
NEEDED = ("email",)
# Codes, and nothing that a spreadsheet computes: a cell that begins with =, +, -, or @ would be a formula in whatever
# somebody exports later.
TOPIC = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}", re.ASCII)
SOURCE = re.compile(r"[A-Za-z0-9][\w .:/-]{0,31}", re.ASCII)
WORDING = re.compile(r"[A-Za-z0-9][\w .:/-]{0,63}", re.ASCII)
# No address passes for an ID, which is shown where addresses are masked.
CUSTOMER_ID = re.compile(rf"[A-Za-z0-9_][^@\x00-\x1f\ud800-\udfff]{{0,{MAX_ID - 1}}}")
CATEGORY = re.compile(r"[^\x00-\x1f\ud800-\udfff=+@-][^\x00-\x1f\ud800-\udfff]{0,199}")
MOST_CATEGORIES = 50
TIME_EXAMPLE = "2026-11-02T12:00:00Z"
CLOCKS_DIFFER = timedelta(hours=26)  # a day in the easternmost zone begins so long before it does in UTC
DEFAULT_SOURCE = "import"
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedOptOut:
    """An address that must get nothing more, or nothing of a topic; ``at`` is when it was said."""

    address: str = field(repr=False)  # nobody's address is in a log
    topic: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RowReader:
    """Reads rows of a store's files; times without an offset are in ``zone``, ``now`` is when the file was uploaded."""

    zone: ZoneInfo
    now: datetime

    def contact(self, row: Row) -> ListedContact:
        """Return the contact of a row. Raises ``BadRow``."""
        row.check()
        basis = choice(row, "consent", ConsentBasis.values)
        said_at = self.time(row)
        if basis and said_at is None:
            raise BadRow(_("at is empty: fill in when the consent was given, such as {example}").format(
                example=TIME_EXAMPLE
            ))  # fmt: skip
        return ListedContact(
            address=address(row),
            customer_id=matching(row, "customer_id", CUSTOMER_ID, _("write the shop's own ID of the customer")),
            locale=read(row, "locale", read_locale, _("write a language such as de or de-AT")),
            country=read(row, "country", read_country, _("write the two letters of a country, such as DE")),
            basis=basis,
            said_at=said_at,
            topic=topic(row),
            source=matching(row, "source", SOURCE, code_advice(32)) or DEFAULT_SOURCE,
            wording=matching(row, "wording_version", WORDING, code_advice(64)),
            categories=categories(row, basis),
            at=self.now,
        )

    def opt_out(self, row: Row) -> ListedOptOut:
        """Return the opt-out of a row; without a time it is of now. Raises ``BadRow``."""
        row.check()
        return ListedOptOut(
            address=address(row),
            topic=topic(row),
            reason=choice(row, "reason", SuppressionReason.values) or SuppressionReason.ASKED,
            at=self.time(row) or self.now,
        )

    def time(self, row: Row) -> datetime | None:
        """Return the time in ``at``; None where it is empty. Raises ``BadRow``."""
        if not row["at"]:
            return None
        try:
            at = cells.time(row, "at", self.zone)
        except BadRow:
            raise wrong(row, "at", _("write a time such as {example}").format(example=TIME_EXAMPLE)) from None
        # The newest statement holds: one from the future would hold against all that is said until then.
        if at > self.now + CLOCKS_DIFFER:
            raise wrong(row, "at", _("it is in the future: write when it was said"))
        return at


def wrong(row: Row, column: str, advice: str) -> BadRow:
    """Return the fault of a cell: the column as the file calls it, and what to write."""
    return BadRow(_("{column} can't be read: {advice}").format(column=row.label(column), advice=advice))


def address(row: Row) -> str:
    """Return the address of a row. Raises ``BadRow``."""
    if not row["email"]:
        raise BadRow(_("{column} is empty: fill in an email address").format(column=row.label("email")))
    return read(row, "email", read_address, _("write an address that mail can be sent to"))


def read(row: Row, column: str, reader: Callable[[str], str], advice: str) -> str:
    """Return a cell by a reader that raises ``ValueError``; empty where the cell is. Raises ``BadRow``."""
    if not row[column]:
        return ""
    try:
        return reader(row[column])
    except ValueError:
        raise wrong(row, column, advice) from None


def matching(row: Row, column: str, pattern: "re.Pattern[str]", advice: str) -> str:
    """Return a cell that has this form, or is empty. Raises ``BadRow``, also for what a spreadsheet made of an ID."""
    value = row[column]
    if not value:
        return ""
    is_rounded = cells.ROUNDED_ID.fullmatch(value) or cells.ID_AS_FRACTION.fullmatch(value)
    if not pattern.fullmatch(value) or is_rounded:
        raise wrong(row, column, advice)
    return value


def code_advice(length: int) -> str:
    """Return what a code may be made of."""
    return _(
        "write at most {length} letters, digits, spaces, and . : / _ -, beginning with a letter or a digit"
    ).format(length=length)


def topic(row: Row) -> str:
    """Return the topic; empty for all offers. Raises ``BadRow``."""
    advice = _("write the topic of a journey's step in small letters, such as care, or leave it empty for all offers")
    return matching(row, "topic", TOPIC, advice)


def choice(row: Row, column: str, choices: Collection[str]) -> str:
    """Return one of these words, empty where the cell is. Raises ``BadRow``."""
    value = row[column].casefold().replace(" ", "_").replace("-", "_")
    if value and value not in choices:
        raise wrong(row, column, _("write one of {choices}, or leave it empty").format(choices=", ".join(choices)))
    return value


def categories(row: Row, basis: str) -> tuple[str, ...]:
    """Return the categories of what was bought: a soft opt-in is good for these alone. Raises ``BadRow``."""
    found = []
    for part in row["categories"].split("|"):
        if part.strip():
            found.append(part.strip())
    if basis != ConsentBasis.SOFT_OPT_IN:
        return ()
    if not found:
        advice = _(
            "a soft opt-in covers only similar products: name the categories of what was bought, such as Tea|Cups"
        )
        raise BadRow(_("{column} is empty: {advice}").format(column=row.label("categories"), advice=advice))
    if len(found) > MOST_CATEGORIES or not all(map(CATEGORY.fullmatch, found)):
        raise wrong(row, "categories", _("write the names of categories with | between them, such as Tea|Cups"))
    return tuple(found)
