"""What the deliverability page shows: the limits, the days, the domain's records, and what providers said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from operator import attrgetter

from django.conf import settings
from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dashboard.drawings.stacked_bars import BarValues, StackedBar, stacked_bars
from experiments import formatting
from experiments.models import Store
from journeys.deliverability.counts import MessageCounts, counts_by_day, total
from journeys.deliverability.limits import LimitState, states_of
from journeys.deliverability.watching import counted_from, counts_of
from journeys.models import ProviderDelivery, ProviderDeliveryStatus, Sender, SendingLimit, UnmatchedEvent

DAYS = 28  # whole weeks, as weekends are different
MOST_UNMATCHED = 10  # enough to see what they have in common; a wrong address of the webhook makes thousands
ADVICE: dict[SendingLimit, Promise] = {
    SendingLimit.COMPLAINTS: gettext_lazy(
        "People mark unexpected messages as spam. Check who agreed to what and how long ago, say in the "
        "first line why they get the message, and lower the number of messages a week. Pause the journey with the "
        "most complaints."
    ),
    SendingLimit.OPT_OUTS: gettext_lazy(
        "People who unsubscribe find the message irrelevant or too frequent. Narrow the journey to the products that "
        "it fits, wait longer after the order, and lower the number of messages a week."
    ),
    SendingLimit.BOUNCES: gettext_lazy(
        "Hard bounces are addresses that don't exist. Check where addresses come from: old imports and checkouts "
        "without a check of the address are the usual causes. These addresses get nothing more."
    ),
}


@dataclass(frozen=True)
class LimitRow:
    """A limit, where the sender is with it, and what to do."""

    state: LimitState

    @property
    def title(self) -> str:
        """What is counted."""
        return str(self.state.limit.label)

    @property
    def word(self) -> str:
        """How it stands."""
        if self.state.is_over:
            return _("Over the limit")
        if self.state.is_warning:
            return _("Near the limit")
        return _("OK")

    @property
    def tone(self) -> str:
        """The class that colors it, beside the word."""
        if self.state.is_over:
            return "tone-bad"
        if self.state.is_warning:
            return "tone-warn"
        return ""

    @property
    def share(self) -> str:
        """The share of the messages sent."""
        return formatting.percent(self.state.share)

    @property
    def warning(self) -> str:
        """The share at which the team is warned."""
        return formatting.percent(self.state.levels.warning)

    @property
    def pause(self) -> str:
        """The share at which sending is paused."""
        return formatting.percent(self.state.levels.pause)

    @property
    def advice(self) -> str:
        """What to do, where there is anything to do."""
        if not self.state.is_warning:
            return ""
        return str(ADVICE[self.state.limit])


@dataclass(frozen=True)
class MessageDay:
    """A day of the store, and what became of the messages sent on it."""

    day: date
    counts: MessageCounts

    @property
    def bar(self) -> BarValues:
        """The day as a bar: what arrived or wasn't heard of, what bounced, and what was complained of."""
        counts = self.counts
        bad = counts.hard_bounced + counts.soft_bounced + counts.rejected + counts.complained
        label = formats.date_format(self.day, "MONTH_DAY_FORMAT")
        text = _("%(day)s: %(sent)s sent, %(bad)s with a problem") % {"day": label, "sent": counts.sent, "bad": bad}
        return BarValues(label, text, {"good": max(counts.sent - bad, 0), "warn": bad})


@dataclass(frozen=True)
class DeliverabilityPage:
    """All that the page shows of one store."""

    store: Store
    sender: Sender
    days: Sequence[MessageDay]
    limits: Sequence[LimitRow]
    counted_since: datetime

    @classmethod
    def of(cls, store: Store, now: datetime) -> "DeliverabilityPage":
        """Read a store's page."""
        sender = Sender.objects.filter(store=store).first() or Sender(store=store)
        today = now.astimezone(store.zone).date()
        since = now.astimezone(store.zone).replace(hour=0, minute=0, second=0, microsecond=0)
        by_day = counts_by_day(store, since - timedelta(days=DAYS - 1))
        limits = list(map(LimitRow, states_of(counts_of(sender, now))))
        return cls(store, sender, whole_days(by_day, today), limits, counted_from(sender, now))

    @property
    def counts(self) -> MessageCounts:
        """All days together."""
        return total(map(attrgetter("counts"), self.days))

    @property
    def chart(self) -> list[StackedBar]:
        """A bar for each day."""
        return stacked_bars(list(map(attrgetter("bar"), self.days)))

    @property
    def newest_days(self) -> list[MessageDay]:
        """The days with messages, the newest first."""
        rows = []
        for row in reversed(self.days):
            if any(row.counts):
                rows.append(row)
        return rows

    @property
    def paused_because(self) -> str:
        """What was crossed when sending was paused; empty where it wasn't."""
        if not self.sender.paused_for:
            return ""
        return str(self.sender.get_paused_for_display())

    @property
    def paused_advice(self) -> str:
        """What to do before somebody turns sending on again."""
        if not self.sender.paused_for:
            return ""
        return str(ADVICE[SendingLimit(self.sender.paused_for)])

    @property
    def records(self) -> list[tuple[str, str]]:
        """What the last look at the domain's records found, by their names."""
        sender = self.sender
        return [
            ("SPF", sender.get_spf_display()),
            ("DKIM", sender.get_dkim_display()),
            ("DMARC", sender.get_dmarc_display()),
        ]

    @property
    def provider(self) -> str:
        """Who sends the installation's messages; empty where it is plain SMTP, which says nothing afterwards."""
        return str(settings.MESSAGE_PROVIDER)

    @property
    def webhook_url(self) -> str:
        """Where the provider is to say what becomes of messages."""
        return f"{settings.EDGE_URL or settings.CONSOLE_URL}{settings.SCRIPT_NAME}/v1/message-events/{self.provider}"

    @property
    def unmatched(self) -> Sequence[UnmatchedEvent]:
        """What providers said lately of messages that aren't here."""
        return list(UnmatchedEvent.objects.all()[:MOST_UNMATCHED])

    @property
    def unread(self) -> int:
        """How many of the provider's deliveries couldn't be read."""
        return ProviderDelivery.objects.filter(status=ProviderDeliveryStatus.FAILED).count()


def whole_days(by_day: Mapping[date, MessageCounts], today: date) -> list[MessageDay]:
    """Return every day up to today, those without messages too."""
    rows = []
    for number in range(DAYS - 1, -1, -1):
        day = today - timedelta(days=number)
        rows.append(MessageDay(day, by_day.get(day, MessageCounts())))
    return rows
