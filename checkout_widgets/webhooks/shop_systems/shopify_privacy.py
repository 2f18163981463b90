"""Shopify's privacy requests: whom they are about, and the merge of two customers' records.

Bodies: https://shopify.dev/docs/apps/build/compliance/privacy-law-compliance, and customers/merge and customers/delete
in https://shopify.dev/docs/api/webhooks/latest.
"""

from datetime import datetime
from re import fullmatch

from checkout_widgets.customer_fields import CustomerFields
from checkout_widgets.customer_news import CustomerNews
from checkout_widgets.webhooks.shop_systems.payloads import BadPayload
from checkout_widgets.webhooks.shop_systems.shop_system import NamedPerson

SOURCE = "shopify"
DELETED = "customers/delete"
MERGED = "customers/merge"
COMPLETED = {"completed"}  # of a merge; until then, and where it failed, there are still two customers
CUSTOMER_GID = r"gid://shopify/Customer/(\d{1,20})"


def person_of(topic: str, fields: CustomerFields) -> NamedPerson:
    """Return whom a request is about. Raises ``BadPayload`` where it names nobody."""
    if topic == DELETED:
        person = NamedPerson(customer_id=fields.id("id"), address=fields.address("email"))
    else:
        customer = fields.part("customer")
        person = NamedPerson(
            customer_id=customer.id("id"),
            address=customer.address("email"),
            order_ids=(*ids(fields, "orders_to_redact"), *ids(fields, "orders_requested")),
            request_id=fields.part("data_request").id("id"),
        )
    if not (person.customer_id or person.address or person.order_ids):
        raise BadPayload("It names no customer.")
    return person


def ids(fields: CustomerFields, name: str) -> tuple[str, ...]:
    """Return a list of IDs; what is none is left out."""
    members = fields.values.get(name)
    if not isinstance(members, list):
        return ()
    found = []
    for member in members:
        if isinstance(member, int) and not isinstance(member, bool):
            found.append(str(member))
    return tuple(found)


def news_of_merge(fields: CustomerFields, received_at: datetime) -> CustomerNews | None:
    """Read that two records are one customer's now; None where the merge isn't done."""
    if not fields.choice("status", COMPLETED):
        return None
    kept = gid(fields, "admin_graphql_api_customer_kept_id")
    former = gid(fields, "admin_graphql_api_customer_deleted_id")
    return CustomerNews(source=SOURCE, said_at=received_at, customer_id=kept, former_customer_id=former)


def gid(fields: CustomerFields, name: str) -> str:
    """Return the number in a customer's global ID. Raises ``BadPayload``."""
    found = fullmatch(CUSTOMER_GID, str(fields.values.get(name)))
    if found is None:
        raise BadPayload(f"{name} is no customer's ID.")
    return found[1]
