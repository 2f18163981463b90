"""Answers steer offers on a store's pages: their tags ride to the edges while a test there asks for any.

Made anew from the answers each time they have changed, so that what an erasure takes away is gone with the next round.
"""

from collections.abc import Iterator

from django.db.models import Count, Max, QuerySet

from checkout_widgets import shopper_answers
from checkout_widgets.send_points_today import key_of
from experiments.assignment.targeting import fields_in
from experiments.models import Experiment, Store
from journeys.models import QuestionAnswer
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
    answers = QuestionAnswer.objects.filter(contact__store=store)
    found = answers.aggregate(number=Count("pk"), last=Max("at"))
    source = f"{found['number']} up to {found['last']}"
    if source == before:
        return
    tags = list(answers.values_list("tag", flat=True).distinct().order_by("tag")[: shopper_answers.MOST_TAGS])
    shopper_answers.keep(store.pk, tags, answers_by_shopper(store, answers, tags), source)


def answers_by_shopper(store: Store, answers: "QuerySet[QuestionAnswer]", tags: list[str]) -> Iterator[tuple[int, int]]:
    """Yield the key of each shopper who answered, with the place of the answer's tag."""
    places = {tag: place for place, tag in enumerate(tags)}
    of_contact: dict[int, set[int]] = {}
    for contact_id, tag in answers.filter(tag__in=tags).values_list("contact_id", "tag"):
        of_contact.setdefault(contact_id, set()).add(places[tag])
    for shopper in shoppers_of(store.pk, of_contact):
        for place in of_contact[shopper.contact_id]:
            yield key_of(shopper.digest(store.pk)), place
