"""Saves what was typed on a journey's page, by itself while somebody types: nobody overwrites another, and what hasn't
changed begins no new version."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.forms import BaseForm
from django.http import QueryDict

from dashboard.journeys.forms import JourneyStepForm
from dashboard.journeys.trigger_form import TriggerForm
from dashboard.journeys.words_form import MessageProblem, WordsForm
from journeys.life import versions
from journeys.life.lifecycle import locked_journey, note_editing
from journeys.models import Journey, JourneyStep, JourneyVersion

SEEN = "seen"  # a form's field: what was stored when the page was drawn
OF_VERSION = ("trigger", "trigger_options", "skus", "categories", "exits")
OF_STEP = (
    "wait_hours",
    "wait_from",
    "category_waits",
    "condition",
    "window_start",
    "window_end",
    "send_within_hours",
    "control_percent",
    "is_for_owners",
    "topic",
    "document",
)


class JourneySaveState(StrEnum):
    """What became of what was typed."""

    SAVED = "saved"
    REFUSED = "refused"
    CHANGED_MEANWHILE = "changed_meanwhile"


StepForms = tuple[JourneyStepForm, WordsForm]
Edit = Callable[[dict[str, Any]], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class SavedForms:
    """What became of the forms of a trigger or a step; ``seen`` is the digest of what is stored now."""

    state: JourneySaveState
    forms: tuple[BaseForm, ...]
    seen: str

    @property
    def messages(self) -> list[MessageProblem]:
        """Why the messages of a step can't go out as they are stored now."""
        for form in self.forms:
            if self.state == JourneySaveState.SAVED and isinstance(form, WordsForm):
                return form.problems
        return []

    @property
    def problems(self) -> list[tuple[str, str]]:
        """Why it can't be saved as it is, as pairs of field and reason; without a field where it is about several."""
        found = []
        for form in self.forms:
            for name, errors in form.errors.items():
                label = ""
                if name in form.fields:
                    label = str(form.fields[name].label)
                found.append((label, " ".join(map(str, errors))))
        return found


def digest_of(values: object) -> str:
    """Return a short name for values, the same for equal ones."""
    return sha256(json.dumps(values, sort_keys=True, default=str).encode()).hexdigest()[:16]


def trigger_digest(journey: Journey, version: JourneyVersion) -> str:
    """Return the digest of what the trigger's form shows."""
    return digest_of([journey.name, versions.fields_of(version, OF_VERSION)])


def step_digest(step: JourneyStep) -> str:
    """Return the digest of what a step's form shows."""
    return digest_of(versions.fields_of(step, OF_STEP))


def save_trigger(found: Journey, data: QueryDict, actor: str) -> SavedForms:
    """Save the trigger, and return what became of it."""
    with transaction.atomic():
        # locked, so that of two tabs at once the second sees what the first saved
        locked = locked_journey(found)
        newest = versions.newest_version(locked)
        before = trigger_digest(locked, newest)
        form = TriggerForm(data, journey=locked, version=newest)
        if not form.is_valid():
            return SavedForms(JourneySaveState.REFUSED, (form,), before)
        form.apply_to(newest)
        locked.name = form.cleaned_data["name"]
        after = trigger_digest(locked, newest)
        if is_overwriting(data, before, after):
            return SavedForms(JourneySaveState.CHANGED_MEANWHILE, (form,), before)
        if after != before:
            version = versions.editable_version(locked)
            form.apply_to(version)
            version.save()
            locked.save(update_fields=["name", "updated_at"])
            note_editing(locked, actor)
        return SavedForms(JourneySaveState.SAVED, (form,), after)


def forms_of(step: JourneyStep, journey: Journey, data: QueryDict | None = None) -> StepForms:
    """Return the two forms of a step: when and for whom, and the words."""
    return JourneyStepForm(data, step=step), WordsForm(data, step=step, store=journey.store)


def save_step(found: Journey, step_key: str, data: QueryDict, actor: str, *, edit: Edit | None = None) -> SavedForms:
    """Save a step of the version that is being edited, and return what became of it.

    ``edit`` then changes its document, such as by a block more. Raises ``JourneyStep.DoesNotExist``, and what the edit
    raises.
    """
    with transaction.atomic():
        locked = locked_journey(found)
        stored = step_of(versions.newest_version(locked), step_key)
        before = step_digest(stored)
        forms = forms_of(stored, locked, data)
        if not all(form.is_valid() for form in forms):
            return SavedForms(JourneySaveState.REFUSED, forms, before)
        apply_to_step(stored, forms)
        if is_overwriting(data, before, step_digest(stored)):
            return SavedForms(JourneySaveState.CHANGED_MEANWHILE, forms, before)
        if edit is not None:
            stored.document = edit(stored.document)
        after = step_digest(stored)
        if after != before:
            store_step(locked, stored)
            note_editing(locked, actor, step_key)
        return SavedForms(JourneySaveState.SAVED, forms, after)


def is_overwriting(data: QueryDict, stored: str, typed: str) -> bool:
    """Whether saving would undo what somebody has stored since the form was drawn.

    What is stored already was typed here: it saved itself while the button was pressed.
    """
    return data.get(SEEN, stored) != stored and typed != stored


def store_step(journey: Journey, changed: JourneyStep) -> None:
    """Store a changed step in the version that is being edited, which may begin with it."""
    current = step_of(versions.editable_version(journey), changed.key)
    compared = versions.compared_values(current)
    for name in OF_STEP:
        setattr(current, name, getattr(changed, name))
    versions.part_from_changed_test(current, compared)
    current.save()


def apply_to_step(step: JourneyStep, forms: StepForms) -> None:
    """Set what was typed on the step, whose plain fields its form has set; not saved here."""
    form, words = forms
    step.wait_hours = form.cleaned_data["wait_hours"]
    step.condition = form.cleaned_data["condition"]
    step.category_waits = form.cleaned_data["category_waits"]
    step.document = words.document


def step_of(version: JourneyVersion, step_key: str) -> JourneyStep:
    """Return a step with its test. Raises ``JourneyStep.DoesNotExist``."""
    return version.steps.select_related("experiment").get(key=step_key)
