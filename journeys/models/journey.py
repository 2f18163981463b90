"""A journey: what begins it, its steps, and what ends it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from experiments.models import Experiment, Store


class Trigger(models.TextChoices):
    """What begins a run."""

    ORDER_PLACED = "order_placed", _("Order placed")
    ORDER_PAID = "order_paid", _("Order paid")
    SHIPPED = "shipped", _("Order shipped")
    DELIVERED = "delivered", _("Order delivered")
    RUNS_OUT = "runs_out", _("Product runs out")
    CONTRACT_ENDS = "contract_ends", _("Contract ends")
    ON_A_DAY = "on_a_day", _("On a day")
    REACHED = "reached", _("Reached")


class JourneyStatus(models.TextChoices):
    """How far a journey is."""

    DRAFT = "draft", _("Draft")
    RUNNING = "running", _("Running")
    PAUSED = "paused", _("Paused")
    ENDED = "ended", _("Ended")


class Journey(models.Model):
    """Messages that follow one event, for each contact once per order."""

    store = models.ForeignKey(
        Store, on_delete=models.CASCADE, related_name="journeys", db_index=False, verbose_name=_("store")
    )
    key = models.SlugField(_("key"), max_length=64)
    name = models.CharField(_("name"), max_length=200)
    template = models.CharField(_("template"), max_length=64, blank=True)
    status = models.CharField(_("status"), max_length=16, choices=JourneyStatus.choices, default=JourneyStatus.DRAFT)
    paused_reason = models.CharField(_("paused because"), max_length=200, blank=True)
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
    before its next step.
    """

    journey = models.ForeignKey(
        Journey, on_delete=models.CASCADE, related_name="versions", db_index=False, verbose_name=_("journey")
    )
    number = models.PositiveIntegerField(_("number"), default=1)
    trigger = models.CharField(_("trigger"), max_length=16, choices=Trigger.choices)
    trigger_options = models.JSONField(_("trigger options"), default=dict, blank=True)
    skus = ArrayField(models.CharField(max_length=128), default=list, blank=True, verbose_name=_("products"))
    categories = ArrayField(models.CharField(max_length=200), default=list, blank=True, verbose_name=_("categories"))
    exits = ArrayField(models.CharField(max_length=32), default=list, blank=True, verbose_name=_("exits"))
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

    TRIGGER = "trigger", _("The event that began the journey")
    PREVIOUS = "previous", _("The step before")


class JourneyStep(models.Model):
    """One message of a journey.

    The wait is in hours, ``category_waits`` maps categories to other ones. ``condition`` limits the step to runs that
    meet it, such as *clicked and not bought*: a split is two steps with opposite conditions. ``window`` is the hours of
    the contact's day in which the message may go out. ``experiment`` is the test that the step is, or none.
    ``document`` is the typed message (``journeys.writing``).
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
    send_within_hours = models.PositiveSmallIntegerField(_("sent within hours"), default=24)
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
        )

    def __str__(self) -> str:
        return self.key
