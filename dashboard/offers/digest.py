"""What the weekly digest says of a store's offers: the figures of analytics, of last week and the week before."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from checkout_widgets.models import Offer
from checkout_widgets.offer_days.figures import CalendarSpan, OfferFigures, figures_by, total
from experiments import formatting
from experiments.models import Store
from experiments.notifications.email import EmailSection

WEEK = 7
MOST_OFFERS = 3  # a digest is read on a phone


def offers_section(store: Store, now: datetime) -> EmailSection | None:
    """Write what the store's offers brought in the seven days before today; None where none was shown or taken."""
    last = store.day_of(now) - timedelta(days=1)
    week = CalendarSpan(last - timedelta(days=WEEK - 1), last)
    before = CalendarSpan(week.first - timedelta(days=WEEK), week.first - timedelta(days=1))
    by_offer = figures_by(store, week, "offer_id")
    figures = total(by_offer)
    if figures == OfferFigures():
        return None
    earlier = total(figures_by(store, before, "offer_id"))
    query = f"?store={store.slug}&period={WEEK}"
    paragraphs = [" ".join([summary(figures, store), *attention(figures)]), compared(earlier, store)]
    leading = best(by_offer, store)
    if leading:
        paragraphs.append(_("Offers with the most revenue:"))
    return EmailSection(
        title=_("Offers in the last 7 days"),
        paragraphs=paragraphs,
        facts=leading,
        report_url=f"{settings.CONSOLE_URL}{reverse('dashboard:analytics')}{query}",
        link_text=_("Open analytics"),
    )


def summary(figures: OfferFigures, store: Store) -> str:
    """Say how often offers were shown, accepted, and bought, and what that came to."""
    words = {
        "shown": formatting.count(figures.shown),
        "accepted": formatting.count(figures.taken),
        "rate": formatting.percent(figures.take_rate),
        "bought": formatting.count(figures.bought),
        "revenue": formatting.money(figures.net_minor, store.currency),
    }
    text = _("Shown %(shown)s times, accepted %(accepted)s (%(rate)s), bought %(bought)s. After refunds: %(revenue)s.")
    return text % words


def attention(figures: OfferFigures) -> Iterator[str]:
    """Say how long widgets were in view, and how long answers took, as far as it is known."""
    if figures.viewed:
        yield _("In view for %(time)s on average.") % {"time": formatting.seconds(figures.view_seconds)}
    if figures.decided:
        yield _("Shoppers who answered took %(time)s.") % {"time": formatting.seconds(figures.decision_seconds)}


def compared(before: OfferFigures, store: Store) -> str:
    """Say what the week before came to."""
    words = {
        "revenue": formatting.money(before.net_minor, store.currency),
        "rate": formatting.percent(before.take_rate),
    }
    return _("The week before: %(revenue)s, accepted %(rate)s of shown.") % words


def best(by_offer: dict[int, OfferFigures], store: Store) -> list[tuple[str, str]]:
    """Name the offers with the most revenue, each with it."""
    ordered = sorted(by_offer.items(), key=lambda item: -item[1].net_minor)[:MOST_OFFERS]
    names = dict(Offer.objects.filter(pk__in=dict(ordered)).values_list("pk", "name"))
    lines = []
    for pk, figures in ordered:
        if figures.net_minor > 0:
            lines.append((names[pk], formatting.money(figures.net_minor, store.currency)))
    return lines
