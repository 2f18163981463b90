"""What a draft's page shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.urls import reverse
from django.utils.translation import gettext as _

from checkout_widgets.launching.candidate import LaunchCandidate
from checkout_widgets.launching.templates import Template
from checkout_widgets.launching.treatments import template_of
from dashboard.builder.lengths import LengthChoice, length_choices
from dashboard.builder.section import DraftSection
from dashboard.builder.sections import sections_of
from dashboard.builder.treatment_sections import TREATMENT, SecondSection, TreatmentSection
from dashboard.builder.treatments import PastResult, SecondPart, TreatmentBlock, past_results, treatment_block
from dashboard.launch.page import LaunchPage
from experiments.admin import guardrail_editor
from experiments.models import Experiment
from experiments.models.experiment_choices import MOMENTS_OF_SEQUENCES
from experiments.plan.guarding import effective_guardrails


@dataclass(frozen=True, slots=True)
class BuilderStep:
    """A section as the bar at the top lists it: ``state`` is that of its worst point of the checklist."""

    title: str
    anchor: str
    state: str


@dataclass(frozen=True)
class BuilderPage:
    """A draft on one page."""

    candidate: LaunchCandidate
    opened: str = ""

    @classmethod
    def of(cls, experiment: Experiment, now: datetime, opened: str = "") -> "BuilderPage":
        """Return the page as things stand; ``opened`` is the second offer whose fields are asked for."""
        return cls(LaunchCandidate(experiment, now), opened)

    @property
    def experiment(self) -> Experiment:
        """The draft."""
        return self.candidate.experiment

    @cached_property
    def sections(self) -> dict[str, DraftSection]:
        """The sections by name."""
        return {section.name: section for section in sections_of(self.candidate)}

    @property
    def question(self) -> DraftSection:
        """What is asked."""
        return self.sections["question"]

    @property
    def split(self) -> DraftSection:
        """What the variants are called, and how visitors are split."""
        return self.sections["split"]

    @property
    def audience(self) -> DraftSection:
        """Who sees it."""
        return self.sections["audience"]

    @property
    def goal(self) -> DraftSection:
        """What decides, and what must not get worse."""
        return self.sections["goal"]

    @property
    def length(self) -> DraftSection:
        """How long it runs."""
        return self.sections["length"]

    @property
    def start(self) -> DraftSection:
        """When and how it starts."""
        return self.sections["start"]

    @cached_property
    def treatments(self) -> list[TreatmentBlock]:
        """What each treatment shows."""
        results = past_results(self.experiment.store)
        blocks: list[TreatmentBlock] = []
        for section in self.sections.values():
            if isinstance(section, SecondSection):
                blocks[-1].seconds.append(self.second_part(section, results))
            elif isinstance(section, TreatmentSection):
                blocks.append(treatment_block(section, results, self.candidate.now))
        return blocks

    def second_part(self, section: SecondSection, results: Mapping[int, PastResult]) -> SecondPart:
        """Return a second offer's part; without its fields, which are many, until they are asked for."""
        if section.name == self.opened or (self.is_sequence_possible and section.is_in_use):
            return SecondPart(section, treatment_block(section, results, self.candidate.now))
        return SecondPart(section)

    @property
    def is_sequence_possible(self) -> bool:
        """Whether a second offer may follow at the test's moment."""
        return self.experiment.moment in MOMENTS_OF_SEQUENCES

    @cached_property
    def launch(self) -> LaunchPage:
        """The checklist, and what the launch needs."""
        return LaunchPage.of_candidate(self.candidate)

    @cached_property
    def lengths(self) -> list[LengthChoice]:
        """How long it may run."""
        return length_choices(self.candidate)

    @property
    def is_sized(self) -> bool:
        """Whether it is known what a test would find."""
        return any(choice.lift is not None for choice in self.lengths)

    @property
    def control(self) -> str:
        """What the control is called."""
        for variant in self.candidate.variants:
            if variant.is_control:
                return str(variant)
        return _("Control")

    @property
    def guardrails(self) -> str:
        """The guardrails in words."""
        return guardrail_editor.in_words(effective_guardrails(self.experiment.guardrails, self.experiment.moment))

    @cached_property
    def template(self) -> Template | None:
        """What the draft was made from; ``None`` where it was made otherwise."""
        return template_of(self.experiment)

    @property
    def steps(self) -> list[BuilderStep]:
        """The sections as the bar lists them."""
        states = self.states()
        steps = []
        for section in self.sections.values():
            if isinstance(section, SecondSection):
                continue  # a part of its treatment's
            steps.append(BuilderStep(section.title, section.name, states.get(section.name, "pass")))
        launch = steps[-1]
        ready = "fail" if self.launch.blocking else "pass"
        return [*steps[:-1], BuilderStep(launch.title, launch.anchor, ready)]

    def states(self) -> dict[str, str]:
        """Return the state of each section: the worst of the checklist's points that are fixed there."""
        states: dict[str, str] = {}
        for listed in [*self.launch.warnings, *self.launch.blocking]:  # the worse overwrite the others
            if listed.url.startswith("#"):
                states[listed.url.removeprefix("#")] = listed.check.state
        for section in self.sections.values():
            if isinstance(section, SecondSection) and section.name in states:
                states[f"{TREATMENT}{section.variant.key}"] = states[section.name]
        return states


def section_url(experiment: Experiment, name: str) -> str:
    """Return the page with this section in view."""
    return f"{reverse('dashboard:launch', args=(experiment.store.slug, experiment.key))}#{name}"
