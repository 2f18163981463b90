"""A treatment and each other test that ran beside it: who was in both, by variant here and there."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from experiments.models import Experiment, Overlap, Variant
from experiments.plan.thresholds import BUYERS_FOR_ANY_TEST
from experiments.reading.overlaps import OverlapCell
from experiments.statistics import Summary


@dataclass(frozen=True, slots=True)
class Group:
    """Visitors of a variant, added up over variants of the other test."""

    visitors: int = 0
    earlier: int = 0
    declined: int = 0
    declined_earlier: int = 0
    buyers: int = 0
    revenue: int = 0
    revenue_squared: int = 0

    def __add__(self, other: "Group") -> "Group":
        """Merge with other visitors."""
        return Group(
            self.visitors + other.visitors,
            self.earlier + other.earlier,
            self.declined + other.declined,
            self.declined_earlier + other.declined_earlier,
            self.buyers + other.buyers,
            self.revenue + other.revenue,
            self.revenue_squared + other.revenue_squared,
        )

    @property
    def summary(self) -> Summary:
        """Their revenue, as statistics read it."""
        squared = {("revenue", "revenue"): self.revenue_squared}
        return Summary.from_sums(self.visitors, {"revenue": self.revenue}, squared, buyers=self.buyers)


# By variant, then by variant of the other test; "" for those who aren't in that one.
GroupsByVariant: TypeAlias = Mapping[str, Mapping[str, Group]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A treatment beside another test: the groups of control's and its visitors by variant there, empty for none."""

    treatment: Variant
    overlap: Overlap
    control_groups: Mapping[str, Group]
    treatment_groups: Mapping[str, Group]
    alpha: float

    @property
    def shared_variants(self) -> list[Variant]:
        """The other test's variants in which both arms have enough buyers to compare."""
        found = []
        for variant in self.overlap.other.variants.all():
            arms = self.control_groups.get(variant.key), self.treatment_groups.get(variant.key)
            if all(arm is not None and arm.buyers >= BUYERS_FOR_ANY_TEST for arm in arms):
                found.append(variant)
        return found


def pairs_of(experiment: Experiment, variants: Sequence[Variant], overlaps: Sequence[Overlap]) -> Iterator[Pair]:
    """Yield each treatment with each other test that any visitor is in, too."""
    controls, treatments = [], []
    for variant in variants:
        if variant.is_control:
            controls.append(variant)
        else:
            treatments.append(variant)
    if not controls:
        return
    for overlap in overlaps:
        groups = groups_of(overlap)
        if not is_shared(groups):
            continue  # as where the tests aim at different visitors
        for treatment in treatments:
            yield pair_of(experiment, overlap, groups, control=controls[0], treatment=treatment)


def pair_of(
    experiment: Experiment, overlap: Overlap, groups: GroupsByVariant, *, control: Variant, treatment: Variant
) -> Pair:
    """Return a treatment beside another test; an arm none of whose visitors are counted has no groups."""
    return Pair(
        treatment=treatment,
        overlap=overlap,
        control_groups=groups.get(control.key, {}),
        treatment_groups=groups.get(treatment.key, {}),
        alpha=experiment.alpha,
    )


def is_shared(by_variant: GroupsByVariant) -> bool:
    """Whether any visitor is in both tests: the group of those who aren't has no variant of the other test."""
    return any(any(groups) for groups in by_variant.values())


def groups_of(overlap: Overlap) -> dict[str, dict[str, Group]]:
    """Return the groups that were counted, by variant, then by variant of the other test."""
    found: dict[str, dict[str, Group]] = {}
    for counted_cell in overlap.cells:
        cell = OverlapCell(**counted_cell)
        group = Group(
            cell.visitors,
            cell.earlier,
            cell.declined,
            cell.declined_earlier,
            cell.buyers,
            cell.revenue,
            cell.revenue_squared,
        )
        found.setdefault(cell.variant, {})[cell.other_variant] = group
    return found
