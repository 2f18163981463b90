"""The bodies of contracts and tickets: strict types, as nothing else comes with them that could be lost."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from checkout_widgets.edge.payloads import Reference, Time

Email = Annotated[str, Meta(max_length=254)]
Sku = Annotated[str, Meta(max_length=128)]
CustomerId = Annotated[str, Meta(max_length=64)]


class ContractBody(Struct, kw_only=True):
    """``PUT /v1/contracts``: a contract as it is now. The newest ``updated_at`` holds."""

    external_id: Reference
    ends_at: Time
    updated_at: Time
    customer_id: CustomerId = ""
    email: Email = ""
    sku: Sku = ""
    cancelled_at: Time | None = None


class TicketBody(Struct, kw_only=True):
    """``PUT /v1/tickets``: a ticket, or another problem, as it is now. The newest ``updated_at`` holds."""

    external_id: Reference
    opened_at: Time
    updated_at: Time
    closed_at: Time | None = None
    kind: Literal["ticket", "return", "late", "payment", "low_score"] = "ticket"
    order: Annotated[str, Meta(max_length=64)] = ""
    customer_id: CustomerId = ""
    email: Email = ""


class SignalReceipt(Struct):
    """The answer: which customer it is of, and whether it was stored; not where a newer version is there already."""

    external_id: str
    contact: int
    stale: bool = False
