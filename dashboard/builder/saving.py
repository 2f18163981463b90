"""Saves a section of a draft's page: what can't be saved is kept as it was typed, and nobody overwrites another."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import transaction
from django.http import QueryDict
from django.utils import timezone

from checkout_widgets.launching.candidate import LaunchCandidate
from checkout_widgets.launching.treatments import AlreadyStartedError
from checkout_widgets.models import KeptInput
from dashboard.builder.section import VERSION, DraftSection
from dashboard.builder.sections import StartSection, section_of
from dashboard.builder.treatment_sections import BESIDE
from experiments.models import AuditEntry, Experiment
from experiments.running.lifecycle import locked_experiment

OVERWRITE = "overwrite"  # a form's field: save although the section has changed since
NOT_TYPED = frozenset({"csrfmiddlewaretoken", OVERWRITE})


class SaveState(StrEnum):
    """What became of what was typed."""

    SAVED = "saved"
    KEPT = "kept"
    CHANGED_MEANWHILE = "changed_meanwhile"


@dataclass(frozen=True, slots=True)
class SavedSection:
    """A section after the attempt; ``by`` and ``at`` say who changed it meanwhile, where somebody has."""

    section: DraftSection
    state: SaveState
    by: str = ""
    at: datetime | None = None


def save_section(experiment: Experiment, name: str, data: QueryDict, actor: str) -> SavedSection | None:
    """Save what was typed, or keep it; ``None`` where there is no such section.

    Raises ``AlreadyStartedError`` once the test has started.
    """
    with transaction.atomic():
        # locked, so that of two tabs at once the second sees what the first saved, and a launch has all or nothing
        locked = locked_experiment(experiment)
        if locked.started_at is not None:
            raise AlreadyStartedError
        section = section_of(LaunchCandidate(locked, timezone.now()), name)
        if section is None:
            return None
        if data.get(VERSION) != section.version and OVERWRITE not in data:
            return changed_meanwhile(section)
        form = section.form_of(data)
        if form.is_valid() and not isinstance(section, StartSection):
            section.save(form, actor)
            keep(section, beside(data), actor)
            state = SaveState.SAVED
        else:
            keep(section, data, actor)
            state = SaveState.KEPT
            if form.is_valid():
                state = SaveState.SAVED
        return SavedSection(section, state)


def keep(section: DraftSection, data: QueryDict, actor: str) -> None:
    """Keep what was typed; where nothing is left to keep, forget what was."""
    typed = {}
    for name, texts in data.lists():
        if name not in NOT_TYPED:
            # the one character of Unicode that PostgreSQL can't store
            typed[name] = [text.replace("\x00", "") for text in texts]
    kept = KeptInput.objects.filter(experiment=section.experiment, section=section.name)
    if not typed:
        kept.delete()
        return
    KeptInput.objects.update_or_create(
        experiment=section.experiment, section=section.name, defaults={"typed": typed, "kept_by": actor}
    )


def beside(data: QueryDict) -> QueryDict:
    """Return what was typed for an offer that isn't created yet."""
    typed = QueryDict(mutable=True)
    for name, texts in data.lists():
        if name.startswith(BESIDE) and any(texts):
            typed.setlist(name, texts)
    return typed


def changed_meanwhile(section: DraftSection) -> SavedSection:
    """Return the section with who changed it last, as far as is known."""
    kept = KeptInput.objects.filter(experiment=section.experiment, section=section.name).first()
    entry = AuditEntry.objects.filter(experiment=section.experiment).first()
    by, at = "", None
    if entry is not None:
        by, at = entry.actor, entry.at
    if kept is not None and (at is None or kept.kept_at > at):
        by, at = kept.kept_by, kept.kept_at
    return SavedSection(section, SaveState.CHANGED_MEANWHILE, by, at)
