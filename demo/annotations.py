"""What happened in the demo's store while its tests ran, as somebody there would have noted it."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from experiments import annotating
from experiments.annotating import AnnotationFields
from experiments.models import Annotation, AnnotationKind, Store

ACTOR = "demo"
# Days ago: the first and the last.
CAMPAIGN = (AnnotationKind.CAMPAIGN, "Newsletter: free shipping this weekend", 6, 5, True)
OUTAGE = (AnnotationKind.OUTAGE, "Card payments failed for two hours", 3, 3, False)


def annotate(store: Store, now: datetime) -> None:
    """Annotate days of the running tests where nobody has yet; what somebody changed or removed since stays so."""
    if Annotation.objects.filter(store=store).exists():
        return
    today = now.astimezone(ZoneInfo(store.timezone)).date()
    for kind, text, first, last, is_confounding in (CAMPAIGN, OUTAGE):
        fields = AnnotationFields(
            kind=kind,
            text=text,
            first_day=days_before(today, first),
            last_day=days_before(today, last),
            is_confounding=is_confounding,
        )
        annotating.add(store, fields, actor=ACTOR)


def days_before(today: date, days: int) -> date:
    """Return the day so many days ago."""
    return today - timedelta(days=days)
