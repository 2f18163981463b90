"""Whether a treatment takes visitors from another test that runs beside it, and what declines have to do with it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from experiments import formatting
from experiments.analysis.overlap_pairs import Group
from experiments.report import OverlapResult
from experiments.statistics import Comparison, Proportion, holm


def later_share(groups: Mapping[str, Group]) -> Proportion:
    """Return who saw the other test later, of those who hadn't seen it before."""
    open_to_it, saw_it = 0, 0
    for other_variant, group in groups.items():
        open_to_it += group.visitors - group.earlier
        if other_variant:
            saw_it += group.visitors - group.earlier
    return Proportion(saw_it, open_to_it)


def displaced(shares: Comparison, visitors: int) -> int | None:
    """Return how many more visitors would have seen the other test at control's share; ``None`` without shares."""
    difference = shares.estimated_difference
    if difference is None:
        return None
    return round(-difference * visitors)


def declined_share(groups: Mapping[str, Group]) -> float | None:
    """Return which share of those who declined saw the other test later; ``None`` where nobody declined."""
    open_to_it, saw_it = 0, 0
    for other_variant, group in groups.items():
        later = group.declined - group.declined_earlier
        open_to_it += later
        if other_variant:
            saw_it += later
    if not open_to_it:
        return None
    return saw_it / open_to_it


def with_displacement(results: Sequence[OverlapResult], alpha: float) -> list[OverlapResult]:
    """Return the results with corrected p-values of their shares, and what they mean."""
    corrected = holm([result.difference_p_value for result in results])
    found = []
    for result, p_value in zip(results, corrected, strict=True):
        is_displacing = p_value is not None and p_value < alpha
        result = replace(result, difference_p_value=p_value, is_displacing=is_displacing)
        found.append(replace(result, displacement_text=displacement_text(result)))
    return found


def displacement_text(result: OverlapResult) -> str:
    """Say whether the treatment's visitors are in the other test less often than control's, and what declines have to
    do with it."""
    if result.share_in_control is None or result.share_in_treatment is None:
        return _("Nobody was exposed while both tests ran.")
    shares = {
        "treatment": formatting.percent(result.share_in_treatment),
        "control": formatting.percent(result.share_in_control),
    }
    if not result.is_displacing:
        text = _("As many visitors see that test later as in control: %(treatment)s and %(control)s.")
        return text % shares
    if result.displaced is None or result.displaced <= 0:
        return _("More visitors see that test later than in control: %(treatment)s against %(control)s.") % shares
    text = ngettext(
        "Fewer visitors see that test later than in control: %(treatment)s against %(control)s. "
        "It loses about %(count)s visitor this way.",
        "Fewer visitors see that test later than in control: %(treatment)s against %(control)s. "
        "It loses about %(count)s visitors this way.",
        result.displaced,
    ) % (shares | {"count": formatting.count(result.displaced)})
    return f"{text} {on_declines(result)}".strip()


def on_declines(result: OverlapResult) -> str:
    """Say how many declined, after which they see no offers for a while; empty where nobody did."""
    if not result.declined or result.declined_share is None:
        return ""
    text = ngettext(
        "%(count)s visitor declined this offer; of those who decline, %(share)s see that test later, because a "
        "decline stops all offers for a while.",
        "%(count)s visitors declined this offer; of those who decline, %(share)s see that test later, because a "
        "decline stops all offers for a while.",
        result.declined,
    )
    return text % {"count": formatting.count(result.declined), "share": formatting.percent(result.declined_share)}
