"""A store's rows as a JSON document, and back.

A document holds the columns that the edge holds (``COLUMNS``) and no others. What is read back are unsaved rows, which
``loading.store_of`` makes the same configuration of as of rows from the database.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Field, Model

from checkout_widgets.edge.offers import COPY
from checkout_widgets.edge.rows import (
    ExperimentRows,
    OfferRows,
    PackedAnswers,
    PackedProducts,
    PairChoice,
    PairedProduct,
    PairRows,
    StoreRows,
)
from checkout_widgets.models import (
    ConfirmationQuestion,
    NextWidget,
    Offer,
    OfferItem,
    Product,
    SendPointDay,
    Widget,
)
from experiments.models import Experiment, Store, Variant

FORMAT = 1  # raised where an edge of the release before would read a document wrongly, instead of less of it
COLUMNS: dict[type[Model], tuple[str, ...]] = {
    Store: (
        *("id", "slug", "site_key", "currency", "timezone", "allowed_origins", "consent_mode", "holdout_share"),
        *("max_offers_per_session", "max_offers_per_day", "decline_silence_hours", "free_shipping_minor"),
        *("is_personal_price_marked", "asks_why_declined"),
        *("secret_key", "previous_secret_key", "previous_secret_key_expires_at", "older_secret_keys"),
    ),
    Experiment: (
        *("id", "store_id", "key", "moment", "status", "salt", "traffic_share", "ramp_plan", "ramp_step", "targeting"),
        *("starts_at", "ends_at", "rolled_out_variant_id", "pair_exposure"),
    ),
    Variant: ("id", "experiment_id", "key", "is_control", "weight", "is_page_own"),
    Widget: (
        *("id", "variant_id", "offer_id", "layout", "phone_layout", *COPY),
        *("translations", "comparison", "theme", "terms_url", "phone_copy"),
    ),
    NextWidget: (
        *("id", "variant_id", "offer_id", "after", "layout", "phone_layout", *COPY),
        *("translations", "comparison", "theme", "terms_url", "phone_copy"),
    ),
    Offer: (
        *("id", "store_id", "key", "kind", "currency", "price_minor", "compare_at_minor", "billing_period"),
        *("replaces_id", "stock_limit", "starts_at", "ends_at", "is_active", "recent_orders"),
        *("terms", "terms_translations", "owners", "owners_with", "pairing", "pair_source", "pair_discount"),
        *("quote_text", "quote_name", "quote_source", "quote_date"),
    ),
    OfferItem: ("id", "offer_id", "quantity", "reference_minor"),
    Product: ("id", "store_id", "sku", "title", "image_url", "price_minor", "stock", "is_active"),
    ConfirmationQuestion: ("number", "text", "choices", "translations"),
}
Values = dict[str, Any]
Row = TypeVar("Row", bound=Model)


class BadDocument(ValueError):
    """A document that can't be read: made by another release, or damaged before it was sealed."""


def document_of(rows: StoreRows) -> bytes:
    """Write a store's rows as JSON; the same rows are the same bytes."""
    document = {
        "format": FORMAT,
        "store": values_of(rows.store),
        "experiments": list(map(experiment_values, rows.experiments)),
        "offers": list(map(offer_values, rows.offers)),
        "holdout": holdout_values(rows.holdout),
        "silenced": times_of(rows.silenced),
        "send_points": send_point_values(rows.send_points),
    }
    if rows.pairs is not None:  # so that the documents of other stores stay as they are
        document["pairs"] = pair_values(rows.pairs)
    if rows.stages is not None:
        document["stages"] = b64encode(rows.stages).decode()
    if rows.answers is not None:
        document["answers"] = {"tags": rows.answers.tags, "shoppers": b64encode(rows.answers.shoppers).decode()}
    if rows.held is not None:
        document["held"] = {"skus": rows.held.skus, "shoppers": b64encode(rows.held.shoppers).decode()}
    if rows.question is not None:
        document["question"] = values_of(rows.question)
    # Python's own json, as Django's fields use it: numbers of any size come back as they were read from the database
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def values_of(row: Model) -> Values:
    """Return the columns of a row that the edge holds, as JSON can."""
    values: Values = {}
    for column in COLUMNS[type(row)]:
        value = getattr(row, column)
        if isinstance(value, date):  # or a time, which is one too
            value = value.isoformat()
        values[column] = value
    return values


def all_values(rows: Iterable[Model]) -> list[Values]:
    """Return the columns of several rows."""
    return [values_of(row) for row in rows]


def experiment_values(rows: ExperimentRows) -> Values:
    """Return an experiment with its variants and widgets."""
    return values_of(rows.experiment) | {
        "variants": all_values(rows.variants),
        "widgets": all_values(rows.widgets),
        "next_widgets": all_values(rows.next_widgets),
    }


def holdout_values(rows: ExperimentRows | None) -> Values | None:
    """Return the experiment that measures the holdout, of a store that has one."""
    if rows is None:
        return None
    return experiment_values(rows)


def times_of(silenced: Mapping[str, datetime]) -> dict[str, str]:
    """Return until when each shopper is shown nothing, as ISO 8601."""
    return {shopper: until.isoformat() for shopper, until in silenced.items()}


def send_point_values(day: SendPointDay | None) -> Values | None:
    """Return the day's send points, of a store that has any."""
    if day is None:
        return None
    return {"ends_at": day.ends_at.isoformat(), "shoppers": b64encode(day.shoppers).decode()}


def send_point_day(values: Values | None) -> SendPointDay | None:
    """Return the day's send points, as they were published."""
    if not values:
        return None
    ends_at, shoppers = datetime.fromisoformat(values["ends_at"]), b64decode(values["shoppers"], validate=True)
    return SendPointDay(ends_at=ends_at, shoppers=shoppers)


def pair_values(pairs: PairRows) -> Values:
    """Return a store's pairs: products and choices as lists, and the packed lists as text."""
    return {
        "version": pairs.version,
        "lists": b64encode(pairs.lists).decode(),
        "choices": pairs.choices,
        "products": pairs.products,
    }


def offer_values(rows: OfferRows) -> Values:
    """Return an offer with what it sells; products stand in it, for few offers share one."""
    items = []
    for item in rows.items:
        items.append(values_of(item) | {"product": values_of(item.product)})
    replaces = None
    if rows.offer.replaces:
        replaces = values_of(rows.offer.replaces)
    return values_of(rows.offer) | {
        "accepted": rows.accepted,
        "items": items,
        "tiers": list(rows.tiers.items()),  # JSON's objects have no numbers for keys
        "replaces": replaces,
    }


def rows_of(document: bytes) -> StoreRows:
    """Return the rows that a document holds. Raises ``BadDocument``."""
    try:
        values = json.loads(document)
        if values["format"] != FORMAT:
            raise BadDocument(f"Its format is {values['format']!r}, and this release reads {FORMAT}.")
        rows = StoreRows(row_of(Store, values["store"]))
        rows.experiments = [experiment_rows(one) for one in values["experiments"]]
        rows.offers = [offer_rows(one) for one in values["offers"]]
        if values["holdout"]:
            rows.holdout = experiment_rows(values["holdout"])
        # not in a document of the release before
        for shopper, until in values.get("silenced", {}).items():
            rows.silenced[shopper] = datetime.fromisoformat(until)
        rows.send_points = send_point_day(values.get("send_points"))
        if values.get("pairs") is not None:
            rows.pairs = pair_rows(values["pairs"])
        if values.get("stages") is not None:
            rows.stages = b64decode(values["stages"], validate=True)
        if values.get("answers") is not None:
            rows.answers = packed_answers(values["answers"])
        if values.get("held") is not None:
            rows.held = packed_products(values["held"])
        if values.get("question") is not None:
            rows.question = row_of(ConfirmationQuestion, values["question"])
    except (ValueError, TypeError, LookupError, AttributeError, ValidationError, RecursionError) as error:
        raise BadDocument(f"The document of a store can't be read: {error}") from error
    return rows


def row_of(model: type[Row], values: Values) -> Row:
    """Return the row of these columns.

    A column that this release doesn't know is left out. One that the document lacks, as its release didn't have it, has
    the default.
    """
    known = {}
    for column in COLUMNS[model]:
        if column in values:
            field = model._meta.get_field(column)
            assert isinstance(field, Field)  # columns have no relation that leads back
            known[column] = field.to_python(values[column])
    return model(**known)


def each_row_of(model: type[Row], values: Iterable[Values]) -> list[Row]:
    """Return rows of a model, as they were published."""
    return [row_of(model, one) for one in values]


def experiment_rows(values: Values) -> ExperimentRows:
    """Return an experiment with its variants and widgets."""
    rows = ExperimentRows(row_of(Experiment, values))
    rows.variants = each_row_of(Variant, values["variants"])
    rows.widgets = each_row_of(Widget, values["widgets"])
    # not in a document of the release before
    rows.next_widgets = each_row_of(NextWidget, values.get("next_widgets", ()))
    return rows


def pair_rows(values: Values) -> PairRows:
    """Return a store's pairs, as they were published."""
    rows = PairRows(int(values["version"]), b64decode(values["lists"], validate=True))
    for choice in values["choices"]:
        rows.choices.append(PairChoice(*choice))
    for product in values["products"]:
        rows.products.append(PairedProduct(*product))
    return rows


def packed_answers(values: Values) -> PackedAnswers:
    """Return what shoppers answered, as it was published."""
    return PackedAnswers(values["tags"], b64decode(values["shoppers"], validate=True))


def packed_products(values: Values) -> PackedProducts:
    """Return what shoppers have, as it was published."""
    return PackedProducts(values["skus"], b64decode(values["shoppers"], validate=True))


def offer_rows(values: Values) -> OfferRows:
    """Return an offer with what it sells; its products are at hand, so that nothing asks a database for them."""
    rows = OfferRows(row_of(Offer, values), accepted=values["accepted"])
    for one in values["items"]:
        item = row_of(OfferItem, one)
        item.product = row_of(Product, one["product"])
        rows.items.append(item)
    rows.tiers = dict(values["tiers"])
    if values["replaces"]:
        rows.offer.replaces = row_of(Product, values["replaces"])
    return rows
