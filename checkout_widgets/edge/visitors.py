"""``POST /v1/visitors/export`` and ``/erase``: what is stored about a shopper, for the shop's privacy tools."""

from dataclasses import asdict
from hashlib import sha256
from typing import Annotated

from msgspec import Meta, Struct
from msgspec.json import Decoder

from checkout_widgets.edge.call import Call
from checkout_widgets.edge.endpoint import endpoint
from checkout_widgets.edge.payloads import VisitorId
from checkout_widgets.erasure import erase_visitor
from checkout_widgets.visitor_export import tables_of
from experiments.models import AuditAction, AuditEntry, Store

ACTOR = "shop's server"


class VisitorBody(Struct):
    """``POST /v1/visitors/export`` and ``/erase``: whom the shop's orders name."""

    visitor_id: Annotated[VisitorId, Meta(min_length=1)]


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


@endpoint(max_bytes=2_000, is_public=False)
def export_visitor(call: Call) -> VisitorExport:
    """Return everything about the visitor; it is noted in the audit log."""
    store = Store.objects.get(pk=call.store_for_server().id)
    visitor_id = call.decode(_decoder).visitor_id
    tables = tables_of(store, visitor_id)
    rows = sum(len(table) for table in tables.values())
    digest = sha256(visitor_id.encode()).hexdigest()
    AuditEntry.objects.create(
        store=store, actor=ACTOR, action=AuditAction.EXPORT_STORE, detail={"rows": rows, "visitor_sha256": digest}
    )
    return VisitorExport(tables)


@endpoint(max_bytes=2_000, is_public=False)
def forget_visitor(call: Call) -> VisitorErasure:
    """Erase the visitor; it is noted in the audit log. The same again finds nothing."""
    store = Store.objects.get(pk=call.store_for_server().id)
    erasure = erase_visitor(store, call.decode(_decoder).visitor_id, actor=ACTOR)
    return VisitorErasure(**asdict(erasure))
