"""One contact's way through a journey, and the instants at which a message would go out."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from experiments.models import Order, Store, Variant
from journeys.models.contact import Contact
from journeys.models.journey import Journey, JourneyStep, JourneyVersion


class Run(models.Model):
    """One contact's way through a journey for one order, or for none where it is a campaign.

    ``occasion`` is what began it, such as ``order 12``: the same one begins no second run, whatever becomes of the
    order's row. ``position`` is the step that comes next, ``due_at`` when. ``is_control`` is set at the first step
    whose test gives the contact its control: what follows it belongs to the treatment. It ends after its last step, or
    before with a reason.
    """

    store = models.ForeignKey(
        Store, on_delete=models.CASCADE, related_name="runs", db_index=False, verbose_name=_("store")
    )
    journey = models.ForeignKey(
        Journey, on_delete=models.CASCADE, related_name="runs", db_index=False, verbose_name=_("journey")
    )
    version = models.ForeignKey(
        JourneyVersion, on_delete=models.CASCADE, related_name="runs", verbose_name=_("version")
    )
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="runs", verbose_name=_("contact"))
    order = models.ForeignKey(
        Order, on_delete=models.SET_NULL, null=True, blank=True, related_name="runs", verbose_name=_("order")
    )
    contract = models.ForeignKey(
        "journeys.Contract",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="runs",
        verbose_name=_("contract"),
    )
    contract_ends_at = models.DateTimeField(_("contract's end when it began"), null=True, blank=True)
    occasion = models.CharField(_("occasion"), max_length=96, default="")
    position = models.PositiveSmallIntegerField(_("next step"), default=0)
    is_control = models.BooleanField(_("control"), default=False)
    triggered_at = models.DateTimeField(_("triggered at"))
    due_at = models.DateTimeField(_("due at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    ended_reason = models.CharField(_("ended because"), max_length=32, blank=True)

    class Meta:
        verbose_name = _("run")
        verbose_name_plural = _("runs")
        ordering = ("-triggered_at", "id")
        constraints = (
            models.UniqueConstraint(fields=("journey", "contact", "occasion"), name="one_run_per_contact_and_occasion"),
        )
        indexes = (
            # planning: what is due of a journey, so that those of a paused one needn't be passed over each time
            models.Index(fields=("journey", "due_at"), condition=models.Q(ended_at=None), name="run_journey_due"),
        )

    def __str__(self) -> str:
        return f"{self.contact_id} in {self.journey_id}"


class SendVerdict(models.TextChoices):
    """What became of a send point: a message, none because of the test, or the one reason why it was held back."""

    SEND = "send", _("Sent")
    CONTROL = "control", _("Control")
    STORE_HOLDOUT = "store_holdout", _("In the store's holdout")
    MESSAGE_HOLDOUT = "message_holdout", _("In the message holdout")
    NO_ADDRESS = "no_address", _("No address")
    NO_CONSENT = "no_consent", _("No consent")
    SUPPRESSED = "suppressed", _("Unsubscribed, or the address bounced")
    FRICTION = "friction", _("Open return, ticket, or other problem")
    ORDERED_RECENTLY = "ordered_recently", _("Ordered again recently")
    DECLINED = "declined", _("Declined an offer on the site")
    CAPPED = "capped", _("Weekly message limit reached")
    OWNED = "owned", _("Already owns the product")
    OFFER_CLOSED = "offer_closed", _("The offer has ended")
    NO_PAIR = "no_pair", _("Nothing goes with the order")
    OUT_OF_STOCK = "out_of_stock", _("Out of stock")
    CLAIM_UNTRUE = "claim_untrue", _("The message is out of date")
    NOT_MET = "not_met", _("The step's condition isn't met")
    EXIT_ORDERED = "exit_ordered", _("Left the journey: ordered again")
    EXIT_UNDONE = "exit_undone", _("Left the journey: the order was canceled or refunded")
    EXIT_ANSWERED = "exit_answered", _("Left the journey: answered the question")
    EXIT_ACCEPTED = "exit_accepted", _("Left the journey: accepted an offer")
    EXIT_CONTRACT = "exit_contract", _("Left the journey: the contract was canceled or renewed")
    TEST_ENDED = "test_ended", _("The step's test has ended without a winner")
    NOT_INCLUDED = "not_included", _("Not in the test's share of traffic")
    JOURNEY_ENDED = "journey_ended", _("The journey has ended")
    NO_HOURS = "no_hours", _("All of the step's hours are quiet hours")
    TOO_LATE = "too_late", _("Too late to send")


# At these a message would go out: caps count them, whichever of the two a test gave.
COUNTED_VERDICTS = (SendVerdict.SEND, SendVerdict.CONTROL)
# These end the run: nothing of it comes any more.
EXIT_VERDICTS = (
    SendVerdict.EXIT_ORDERED,
    SendVerdict.EXIT_UNDONE,
    SendVerdict.EXIT_ANSWERED,
    SendVerdict.EXIT_ACCEPTED,
    SendVerdict.EXIT_CONTRACT,
)


class SendPoint(models.Model):
    """The instant at which a step's message would go out, in control too: in a test, it is the exposure.

    It outlives the message and what becomes of it: caps and "why did this customer not get it?" are read from here.
    ``pairs`` is what each of the step's offers of pairs would sell to the contact, in control too: ``offers`` by the
    offer's key, as SKUs, and the ``version`` of the pairs. It is null where the step has none of these.
    """

    run = models.ForeignKey(
        Run, on_delete=models.CASCADE, related_name="send_points", db_index=False, verbose_name=_("run")
    )
    step = models.ForeignKey(JourneyStep, on_delete=models.CASCADE, related_name="send_points", verbose_name=_("step"))
    store = models.ForeignKey(
        Store, on_delete=models.CASCADE, related_name="send_points", db_index=False, verbose_name=_("store")
    )
    contact = models.ForeignKey(
        Contact, on_delete=models.CASCADE, related_name="send_points", db_index=False, verbose_name=_("contact")
    )
    variant = models.ForeignKey(
        Variant, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("variant")
    )
    at = models.DateTimeField(_("at"))
    verdict = models.CharField(_("verdict"), max_length=20, choices=SendVerdict.choices)
    pairs = models.JSONField(_("product pairs"), null=True, blank=True)

    class Meta:
        verbose_name = _("send point")
        verbose_name_plural = _("send points")
        ordering = ("-at", "id")
        constraints = (models.UniqueConstraint(fields=("run", "step"), name="one_send_point_per_run_and_step"),)
        indexes = (
            # caps, and a person's page
            models.Index(fields=("contact", "at"), name="send_point_contact_at"),
            # a store's report by day
            models.Index(fields=("store", "at"), name="send_point_store_at"),
        )

    def __str__(self) -> str:
        return f"{self.run_id}, step {self.step_id}: {self.verdict}"
