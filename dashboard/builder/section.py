"""What the sections of a draft's page have in common: a form, what is stored, and what was typed and isn't saved."""

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from functools import cached_property
from hashlib import blake2b
from typing import Any

from django.forms import BaseForm
from django.http import QueryDict
from django.utils.translation import gettext as _

from checkout_widgets.launching.candidate import LaunchCandidate
from checkout_widgets.launching.kept_inputs import WHOLE
from checkout_widgets.models import KeptInput
from experiments.models import Experiment, Variant
from experiments.written_words import WrittenSentence, in_each_language

VERSION = WHOLE  # the field in which a form says what it was filled in upon
# Enough to tell two states of one section apart; nobody is kept out by it.
VERSION_BYTES = 8


class DraftSection(ABC):
    """A part of a draft's page: ``name`` is what addresses, elements and kept inputs call it."""

    def __init__(self, candidate: LaunchCandidate, name: str) -> None:
        self.candidate, self.name = candidate, name

    @property
    def experiment(self) -> Experiment:
        """The draft."""
        return self.candidate.experiment

    @property
    @abstractmethod
    def title(self) -> str:
        """What people call it."""

    @abstractmethod
    def form_of(self, data: QueryDict | None) -> BaseForm:
        """Return the form, filled in with what was typed, or with what is stored."""

    @abstractmethod
    def stored(self) -> Mapping[str, Any]:
        """Return what is stored, as JSON can hold it."""

    @abstractmethod
    def save(self, form: BaseForm, actor: str) -> None:
        """Save a valid form with an entry of the audit trail."""

    @cached_property
    def kept(self) -> QueryDict:
        """What was typed and isn't saved; empty where everything is."""
        typed = KeptInput.objects.filter(experiment=self.experiment, section=self.name).values_list("typed", flat=True)
        return as_query(typed.first() or {})

    @cached_property
    def form(self) -> BaseForm:
        """The form to show: with what was typed and couldn't be saved, else as stored."""
        if VERSION in self.kept:
            return self.form_of(self.kept)
        return self.form_of(None)

    @property
    def version(self) -> str:
        """What a form is filled in upon: another one was filled in upon something else that was there before."""
        text = json.dumps([self.stored(), dict(self.kept.lists())], sort_keys=True, default=str)
        return blake2b(text.encode(), digest_size=VERSION_BYTES).hexdigest()


def named_variant(variant: Variant) -> WrittenSentence:
    """Return which variant was changed, as the trail names it."""
    return in_each_language(lambda: _("Variant %(variant)s") % {"variant": variant})


def as_query(typed: Mapping[str, Any]) -> QueryDict:
    """Return kept input as a request's data."""
    query = QueryDict(mutable=True)
    for name, texts in typed.items():
        query.setlist(name, texts)
    return query
