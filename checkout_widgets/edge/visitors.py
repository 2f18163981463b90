"""``POST /v1/visitors/export`` and ``/erase``: what is stored about a shopper, for the shop's privacy tools."""

import logging
from collections.abc import Callable
from dataclasses import asdict
from hashlib import sha256
from typing import Annotated

from msgspec import Meta, Struct
from msgspec.json import Decoder

from checkout_widgets.edge.call import Call
from checkout_widgets.edge.endpoint import UNAVAILABLE, endpoint
from checkout_widgets.edge.payloads import Reference, VisitorId
from checkout_widgets.edge.responses import ApiError
from checkout_widgets.erasure import Erasure, erase_address, erase_customer, erase_visitor
from checkout_widgets.store_export import Person
from checkout_widgets.visitor_export import person_with_address, tables_of
from experiments.customer_keys import address_digest, private_id
from experiments.event_store.store import NotAvailable
from experiments.models import AuditAction, AuditEntry, Store

logger = logging.getLogger(__name__)

ACTOR = "shop's server"
# By the field that says whom it is about: as what the audit log names them, and how they are erased.
SUBJECTS = {"visitor_id": "visitor", "customer_id": "customer", "email": "customer"}
ERASE: dict[str, Callable[..., Erasure]] = {
    "visitor_id": erase_visitor,
    "customer_id": erase_customer,
    "email": erase_address,
}


class VisitorBody(Struct):
    """``POST /v1/visitors/export`` and ``/erase``: whom it is about, by exactly one of these.

    ``customer_id`` is the shop's own, ``email`` the address that a guest has ordered with.
    """

    visitor_id: VisitorId | None = None
    customer_id: Reference | None = None
    email: Annotated[str, Meta(min_length=1, extra_json_schema={"format": "email"})] | None = None


class VisitorExport(Struct):
    """What is stored about the visitor: by table, rows of texts."""

    tables: dict[str, list[dict[str, str]]]


class VisitorErasure(Struct):
    """How many rows were erased, or lost what named the visitor."""

    events: int
    exposures: int
    orders: int
    acceptances: int
    deliveries: int


_decoder = Decoder(VisitorBody)


@endpoint(max_bytes=60_000, is_public=False)
def export_visitor(call: Call) -> VisitorExport:
    """Return everything about the person; it is noted in the audit log."""
    store = Store.objects.get(pk=call.store_for_server().id)
    kind, name = asked_for(call)
    try:
        tables = tables_of(store, person_of(store, kind, name))
    except NotAvailable as error:
        logger.warning("A visitor's data can't be exported: %s", error)
        raise UNAVAILABLE from error
    rows = sum(map(len, tables.values()))
    digest = sha256(name.encode()).hexdigest()
    if kind == "email":
        digest = address_digest(store.pk, name)  # keyed: anybody could try addresses on a plain one
    AuditEntry.objects.create(
        store=store,
        actor=ACTOR,
        action=AuditAction.EXPORT_STORE,
        detail={"rows": rows, f"{SUBJECTS[kind]}_sha256": digest},
    )
    return VisitorExport(tables)


@endpoint(max_bytes=60_000, is_public=False)
def forget_visitor(call: Call) -> VisitorErasure:
    """Erase the person; it is noted in the audit log. The same again finds nothing."""
    store = Store.objects.get(pk=call.store_for_server().id)
    kind, name = asked_for(call)
    return VisitorErasure(**asdict(ERASE[kind](store, name, actor=ACTOR)))


def asked_for(call: Call) -> tuple[str, str]:
    """Return by which field the body says whom it is about, and who that is. Raises ``ApiError``."""
    body = call.decode(_decoder)
    given = {}
    for kind in SUBJECTS:
        value = getattr(body, kind)
        if value is not None:
            given[kind] = value
    if len(given) != 1:
        message = "Say whom it is about: exactly one of visitor_id, customer_id and email."
        raise ApiError(400, "bad_field", message, field="visitor_id")
    return given.popitem()


def person_of(store: Store, kind: str, name: str) -> Person:
    """Return whom the export is about. Raises ``ApiError`` for an address that nobody can have ordered with."""
    if kind != "email":
        if kind == "customer_id":
            name = private_id(store.pk, name)
        return Person(**{kind: name})
    person = person_with_address(store, name)
    if person is None:
        raise ApiError(400, "bad_field", "email must be an email address.", field="email")
    return person
