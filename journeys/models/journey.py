"""A journey: what begins it, its steps, and what ends it."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from experiments.models import Experiment, Store, Variant


class Trigger(models.TextChoices):
    """What begins a run."""

    ORDER_PLACED = "order_placed", _("Order placed")
    ORDER_PAID = "order_paid", _("Order paid")
    SHIPPED = "shipped", _("Order shipped")
    DELIVERED = "delivered", _("Order delivered")
    RUNS_OUT = "runs_out", _("Product runs out")
    CONTRACT_ENDS = "contract_ends", _("Contract ends")
    ON_A_DAY = "on_a_day", _("On a date")
    REACHED = "reached", _("Milestone reached")


class JourneyStatus(models.TextChoices):
    """How far a journey is."""

    DRAFT = "draft", _("Draft")
    RUNNING = "running", _("Running")
    PAUSED = "paused", _("Paused")
    ENDED = "ended", _("Ended")


class JourneyExit(models.TextChoices):
    """What ends a run before its next step."""

    ORDERED = "ordered", _("Ordered again")
    ORDER_UNDONE = "order_undone", _("Order canceled or refunded")
    ANSWERED = "answered", _("Answered the question")
    ACCEPTED = "accepted", _("Accepted an offer")


def usual_exits() -> list[str]:
    """Whoever orders again, or gives the order back, hears no more of it."""
    return [JourneyExit.ORDERED.value, JourneyExit.ORDER_UNDONE.value]


class Journey(models.Model):
    """Messages that follow one event, for each contact once per order. What happened before ``started_at``, its first
    launch, begins no run."""

    store = models.ForeignKey(
        Store, on_delete=models.CASCADE, related_name="journeys", db_index=False, verbose_name=_("store")
    )
    key = models.SlugField(_("key"), max_length=64)
    name = models.CharField(_("name"), max_length=200)
    template = models.CharField(_("template"), max_length=64, blank=True)
    status = models.CharField(_("status"), max_length=16, choices=JourneyStatus.choices, default=JourneyStatus.DRAFT)
    paused_reason = models.CharField(_("paused because"), max_length=200, blank=True)
    started_at = models.DateTimeField(_("first launched at"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    class Meta:
        verbose_name = _("journey")
        verbose_name_plural = _("journeys")
        ordering = ("-created_at", "id")
        constraints = (models.UniqueConstraint(fields=("store", "key"), name="one_journey_per_store_and_key"),)

    def __str__(self) -> str:
        return self.name


class JourneyVersion(models.Model):
    """A journey as it was at one launch: frozen once it was launched; editing makes the next, and runs stay on theirs.

    ``trigger_options`` holds what a trigger needs, such as the audience and day of a campaign. ``skus`` and
    ``categories`` limit which orders begin a run; empty lists let all in. ``exits`` are the events that end a run
    before its next step. ``audience_count`` is how many contacts a campaign's rule named when it was frozen.
    """

    journey = models.ForeignKey(
        Journey, on_delete=models.CASCADE, related_name="versions", db_index=False, verbose_name=_("journey")
    )
    number = models.PositiveIntegerField(_("number"), default=1)
    trigger = models.CharField(_("trigger"), max_length=16, choices=Trigger.choices)
    trigger_options = models.JSONField(_("trigger options"), default=dict, blank=True)
    skus = ArrayField(models.CharField(max_length=128), default=list, blank=True, verbose_name=_("products"))
    categories = ArrayField(models.CharField(max_length=200), default=list, blank=True, verbose_name=_("categories"))
    exits = ArrayField(models.CharField(max_length=32), default=usual_exits, blank=True, verbose_name=_("exits"))
    audience_frozen_at = models.DateTimeField(_("audience frozen at"), null=True, blank=True, editable=False)
    audience_count = models.PositiveIntegerField(_("contacts in the audience"), null=True, blank=True, editable=False)
    launched_at = models.DateTimeField(_("launched at"), null=True, blank=True)

    class Meta:
        verbose_name = _("journey version")
        verbose_name_plural = _("journey versions")
        ordering = ("journey", "-number")
        constraints = (models.UniqueConstraint(fields=("journey", "number"), name="one_journey_version_per_number"),)

    def __str__(self) -> str:
        return f"{self.journey_id} v{self.number}"


class StepKind(models.TextChoices):
    """What a step sends."""

    MESSAGE = "message", _("Message")
    QUESTION = "question", _("Question")


class WaitFrom(models.TextChoices):
    """From when a step's wait is counted."""

    TRIGGER = "trigger", _("The event that started the journey")
    PREVIOUS = "previous", _("The step before")


class JourneyStep(models.Model):
    """One message of a journey.

    The wait is in hours, ``category_waits`` maps categories to other ones: the shortest of an order's products counts.
    ``condition`` limits the step to runs that meet it, such as *clicked and not bought*: a split is two steps with
    opposite conditions. ``control_percent`` of the contacts get no message and are compared with the others;
    ``variants`` in the document are what further variants send, by the variant's key. Where there is either, a test is
    made at launch. ``window`` is the hours of the contact's day in which the message may go out. ``experiment`` is the
    test that the step is, or none. ``document`` is the typed message (``journeys.writing``). ``is_for_owners``: having
    the offered product is no reason against it, such as where it runs out.
    """

    version = models.ForeignKey(
        JourneyVersion, on_delete=models.CASCADE, related_name="steps", db_index=False, verbose_name=_("version")
    )
    position = models.PositiveSmallIntegerField(_("position"))
    key = models.SlugField(_("key"), max_length=64)
    kind = models.CharField(_("kind"), max_length=16, choices=StepKind.choices, default=StepKind.MESSAGE)
    topic = models.CharField(_("topic"), max_length=32, blank=True)
    wait_hours = models.PositiveIntegerField(_("wait in hours"), default=0)
    wait_from = models.CharField(
        _("wait counted from"), max_length=16, choices=WaitFrom.choices, default=WaitFrom.TRIGGER
    )
    category_waits = models.JSONField(_("waits by category"), default=dict, blank=True)
    condition = models.JSONField(_("condition"), default=dict, blank=True)
    window_start = models.PositiveSmallIntegerField(_("not before"), default=9)
    window_end = models.PositiveSmallIntegerField(_("not after"), default=20)
    is_for_owners = models.BooleanField(_("also for owners of the product"), default=False)
    send_within_hours = models.PositiveSmallIntegerField(_("sent within hours"), default=24)
    control_percent = models.PositiveSmallIntegerField(
        _("share without the message"),
        default=0,
        help_text=_("In percent. 50 tests the message against none; 0 sends it to everybody."),
    )
    experiment = models.ForeignKey(
        Experiment, on_delete=models.SET_NULL, null=True, blank=True, related_name="steps", verbose_name=_("test")
    )
    document = models.JSONField(_("document"), default=dict, blank=True)

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        ordering = ("version", "position")
        constraints = (
            models.UniqueConstraint(fields=("version", "position"), name="one_step_per_version_and_position"),
            models.CheckConstraint(
                condition=models.Q(window_start__lt=models.F("window_end"), window_end__lte=24),
                name="step_window_is_within_a_day",
            ),
            models.CheckConstraint(
                condition=models.Q(control_percent__lte=90), name="step_control_leaves_somebody_a_message"
            ),
        )

    def __str__(self) -> str:
        return self.key

    @property
    def own_document(self) -> dict[str, Any]:
        """The step's message, which all variants send that have none of their own."""
        own = dict(self.document)
        own.pop("variants", None)
        return own

    @property
    def other_documents(self) -> dict[str, dict[str, Any]]:
        """The messages of further variants, by the variant's key."""
        documents: dict[str, dict[str, Any]] = self.document.get("variants", {})
        return documents

    def document_of(self, variant_key: str) -> dict[str, Any]:
        """Return the message that a variant of the step's test sends."""
        return self.other_documents.get(variant_key, self.own_document)

    def delay_of(self, variant_key: str) -> int:
        """Return how many hours after the send point a variant's message goes out: only further messages wait."""
        delay: int = self.other_documents.get(variant_key, {}).get("delay_hours", 0)
        return delay

    @property
    def longest_delay(self) -> int:
        """How many hours after the send point the last of the step's messages goes out."""
        return max(map(self.delay_of, self.other_documents), default=0)

    def is_silent(self, variant: Variant) -> bool:
        """Whether a variant of the step's test gets no message: its control, where messages are tested against none."""
        return variant.is_control and self.control_percent > 0
