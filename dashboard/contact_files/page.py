"""What the pages of files say: the columns, what a check found, and what came of an import."""

from typing import NamedTuple

from django.utils.translation import gettext as _

from journeys.contact_files.checking import COLUMNS
from journeys.contact_files.importing import UNREADABLE
from journeys.contact_files.rows import NEEDED
from journeys.models import ConsentBasis, ContactFile, ContactFileKind, SuppressionReason

EXAMPLES = {
    ContactFileKind.CONTACTS: (
        ("ada@shop.example", "1042", "en-GB", "GB", "opt_in", "2026-03-14T09:30:00Z", "", "newsletter form", "v3", ""),
        ("bo@shop.example", "", "de", "DE", "none", "2026-05-02T18:00:00Z", "", "support", "", ""),
    ),
    ContactFileKind.OPT_OUTS: (
        ("cy@shop.example", "", "unsubscribed", "2026-04-01T08:00:00Z"),
        ("di@shop.example", "care", "asked", "2026-06-21T12:15:00Z"),
    ),
}


class ColumnHelp(NamedTuple):
    """A column of a file: its name, whether it has to be there, and what it holds."""

    name: str
    is_needed: bool
    meaning: str


class OutcomeRow(NamedTuple):
    """How many rows came to what."""

    label: str
    number: int


def columns_of(kind: str) -> list[ColumnHelp]:
    """Return the columns that a file of this kind may have, in their order."""
    meanings = meanings_of_columns()
    columns = []
    for name in COLUMNS[ContactFileKind(kind)]:
        columns.append(ColumnHelp(name, name in NEEDED, meanings[name]))
    return columns


def meanings_of_columns() -> dict[str, str]:
    """Return what each column holds, in the reader's language."""
    return {
        "email": _("The email address."),
        "customer_id": _("The shop's own ID of the customer. Leave it empty for guests."),
        "locale": _("The language, such as de or de-AT."),
        "country": _("The two letters of the country, such as DE."),
        "consent": _("opt_in, none, or soft_opt_in. Leave it empty if nobody was asked."),
        "at": _(
            "When consent was given or withdrawn, such as 2026-03-14T09:30:00Z. Without an offset, it is in the "
            "store's time zone."
        ),
        "topic": _("Only for one kind of message, such as care. Leave it empty for all offers."),
        "source": _("Where it happened, such as newsletter form."),
        "wording_version": _("Which version of the wording was agreed to."),
        "categories": _("For soft_opt_in: the categories of what was bought, with | between them."),
        "reason": _("unsubscribed, asked, complained, or bounced. The last two are never ended by a newer opt-in."),
    }


def template_rows(kind: str) -> list[tuple[str, ...]]:
    """Return a file to fill in: its header, and two examples."""
    known = ContactFileKind(kind)
    return [COLUMNS[known], *EXAMPLES[known]]


def outcome_rows(row: ContactFile) -> list[OutcomeRow]:
    """Return what is counted of a file so far, in words; what is zero is left out."""
    labels: dict[str, str] = {
        ConsentBasis.OPT_IN: _("Opted in"),
        ConsentBasis.SOFT_OPT_IN: _("Soft opt-in: customers of similar products"),
        ConsentBasis.NONE: _("No consent"),
        "nothing": _("No consent information"),
        **{code: str(label) for code, label in SuppressionReason.choices},
        "new_addresses": _("New addresses"),
        "new_statements": _("New consent records"),
        "opted_in_again": _("Opted in again after they opted out"),
        "still_opted_out": _("Opted in, but won't get messages: they opted out later, or the address doesn't work"),
        "new_opt_outs": _("New opt-outs"),
        UNREADABLE: _("The file can't be opened: its key isn't in ADDRESS_KEYS anymore. Upload it again."),
    }
    rows = []
    for name, label in labels.items():
        if row.outcome.get(name):
            rows.append(OutcomeRow(str(label), row.outcome[name]))
    return rows
