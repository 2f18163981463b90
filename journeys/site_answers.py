"""Answers steer offers on a store's pages: their tags ride to the edges while a test there asks for any.

Made anew from the answers each time they have changed, so that what an erasure takes away is gone with the next round.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from django.db.models import Count, Max, Q

from checkout_widgets import shopper_answers
from checkout_widgets.models import ConfirmationAnswer
from checkout_widgets.packed_shoppers import key_of
from checkout_widgets.silenced_shoppers import visitor_digest
from experiments.assignment.targeting import fields_in
from experiments.models import Experiment, Store
from journeys.models import Contact, QuestionAnswer
from journeys.shoppers import shoppers_of

FIELD = "answers"


def note_answers() -> None:
    """Tell the edges of all stores what their shoppers answered, where a test asks for it and it has changed."""
    asking = stores_asking()
    for store in Store.objects.order_by("pk"):
        note_answers_of(store, is_asked=store.pk in asking)


def stores_asking() -> set[int]:
    """Return the stores of which a test that is served asks for answers, by their row IDs."""
    asking = set()
    for store_id, rules in Experiment.objects.served().exclude(targeting={}).values_list("store_id", "targeting"):
        if FIELD in fields_in(rules):
            asking.add(store_id)
    return asking


def note_answers_of(store: Store, *, is_asked: bool) -> None:
    """Tell a store's edges, where its answers are others than before; nothing while no test asks."""
    before = shopper_answers.made_from(store.pk)
    if not is_asked:
        if before:
            shopper_answers.forget(store.pk)
        return
    source = source_of(store)
    if source == before:
        return
    tags = tags_of(store)
    places = dict(zip(tags, range(shopper_answers.MOST_TAGS), strict=False))
    shopper_answers.keep(store.pk, tags, answers_by_shopper(store, places), source)


def source_of(store: Store) -> str:
    """Name the answers that a store has now: another text where they have changed."""
    by_message = QuestionAnswer.objects.filter(contact__store=store).aggregate(number=Count("pk"), last=Max("at"))
    on_page = ConfirmationAnswer.objects.filter(store=store).aggregate(
        number=Count("pk"), last=Max("at"), linked=Count("pk", filter=~Q(customer_key=""))
    )
    source = f"{by_message['number']} up to {by_message['last']}"
    if on_page["number"]:
        last = int(on_page["last"].timestamp() * 1_000)
        source += f", {on_page['number']}/{on_page['linked']} up to {last}"
    return source


def tags_of(store: Store) -> list[str]:
    """Return the tags that a store's answers have left, in their order."""
    by_message = QuestionAnswer.objects.filter(contact__store=store).values_list("tag").order_by()
    on_page = ConfirmationAnswer.objects.filter(store=store).values_list("tag").order_by()
    tags = by_message.union(on_page)
    return sorted(tag for (tag,) in tags)[: shopper_answers.MOST_TAGS]


def answers_by_shopper(store: Store, places: Mapping[str, int]) -> Iterator[tuple[int, int]]:
    """Yield the key of each shopper who answered, with the place of the answer's tag.

    An answer to a message is a contact's, on each device. One on the confirmation page is the browser's that gave it,
    and the customer's once an order names one.
    """
    of_contact: dict[int, set[int]] = defaultdict(set)
    by_message = QuestionAnswer.objects.filter(contact__store=store, tag__in=places)
    for contact_id, tag in by_message.values_list("contact_id", "tag"):
        of_contact[contact_id].add(places[tag])
    on_page = ConfirmationAnswer.objects.filter(store=store, tag__in=places)
    for visitor_id, tag in on_page.values_list("visitor_id", "tag"):
        yield key_of(visitor_digest(store.pk, visitor_id)), places[tag]
    linked = on_page.exclude(customer_key="")
    contacts = Contact.objects.filter(store=store, customer_key__in=linked.values("customer_key"))
    id_of = dict(contacts.values_list("customer_key", "pk"))
    for customer_key, tag in linked.values_list("customer_key", "tag"):
        if customer_key in id_of:
            of_contact[id_of[customer_key]].add(places[tag])
    for shopper in shoppers_of(store.pk, of_contact):
        for place in of_contact[shopper.contact_id]:
            yield key_of(shopper.digest(store.pk)), place
