"""Drafts of journeys: made from a template, and changed step by step."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from django.db import transaction

from checkout_widgets.edge.running_order import pairs_of
from checkout_widgets.launching.new_offers import plain_pair_offer
from checkout_widgets.pair_offers import RANKS
from experiments.models import AuditAction, Store
from journeys.life.lifecycle import locked_journey, note
from journeys.life.templates import JourneyTemplate
from journeys.life.versions import editable_version
from journeys.models import Journey, JourneyStep, JourneyVersion

# More messages about one order than anybody wants; each step is checked for every run that comes to it.
MOST_STEPS = 10
HALF = 50  # percent without the message: the split that finds an effect soonest


def create_journey(template: JourneyTemplate, store: Store, *, key: str, name: str, actor: str) -> Journey:
    """Create a draft with steps and first words. Raises ``django.db.IntegrityError`` for a key that is taken."""
    with transaction.atomic():
        journey = Journey.objects.create(store=store, key=key, name=name, template=template.key)
        version = JourneyVersion.objects.create(
            journey=journey, trigger=template.trigger, trigger_options=template.options
        )
        offers = offers_of_pairs(template, store)
        for position, step in enumerate(template.steps):
            JourneyStep.objects.create(
                version=version,
                position=position,
                key=step.key,
                kind=step.kind,
                topic=step.topic,
                wait_hours=step.wait_hours,
                condition=step.condition,
                is_for_owners=step.is_for_owners,
                control_percent=HALF if step.is_tested else 0,
                document=with_offers(step.document, offers),
            )
        note(journey, AuditAction.JOURNEY_CREATED, actor, detail={"template": template.key})
    return journey


def offers_of_pairs(template: JourneyTemplate, store: Store) -> dict[str, str]:
    """Return the keys of the offers of pairs that a template asks for, by the message's variant; none unless the store
    has pairs for all."""
    if not template.pairs:
        return {}
    known = pairs_of(store)
    for sold in template.pairs.values():
        if not known.has_any(RANKS[sold.pairing], sold.source):
            return {}
    offers = {}
    for variant, sold in template.pairs.items():
        offers[variant] = plain_pair_offer(store, sold.pairing, sold.source).key
    return offers


def with_offers(document: dict[str, Any], offers: Mapping[str, str]) -> dict[str, Any]:
    """Return a step's document with the offer of each of its messages, by variant."""
    changed = deepcopy(document)
    for variant, key in offers.items():
        message = changed
        if variant:
            message = changed["variants"][variant]
        message["offer"] = key
    return changed


def add_step(journey: Journey, actor: str) -> JourneyStep:
    """Add a step after the last one, as its copy without its test: there is something to change from."""
    with transaction.atomic():
        version = editable_version(locked_journey(journey))
        last = version.steps.order_by("-position").first()
        position = 0
        if last is not None:
            position = last.position + 1
        if position >= MOST_STEPS:
            raise ValueError("A journey has too many steps.")
        step = JourneyStep(version=version, position=position, wait_hours=(position + 1) * 7 * 24)
        if last is not None:
            step.document, step.topic, step.kind = last.document, last.topic, last.kind
        step.key = free_step_key(version)
        step.save()
        note(journey, AuditAction.JOURNEY_CHANGED, actor, detail={"step": step.key})
    return step


def free_step_key(version: JourneyVersion) -> str:
    """Return a key that no step of the journey ever had: its figures are by key over all versions."""
    taken = set(JourneyStep.objects.filter(version__journey=version.journey_id).values_list("key", flat=True))
    number = 1
    while f"step-{number}" in taken:
        number += 1
    return f"step-{number}"


def remove_step(journey: Journey, key: str, actor: str) -> None:
    """Remove a step of the version that is being edited; those after it move up."""
    with transaction.atomic():
        version = editable_version(locked_journey(journey))
        step = version.steps.get(key=key)
        position = step.position
        step.delete()
        # One after the other: each position is unique at every instant.
        for following in version.steps.filter(position__gt=position).order_by("position"):
            following.position -= 1
            following.save(update_fields=["position"])
        note(journey, AuditAction.JOURNEY_CHANGED, actor, detail={"step": key})
