"""An experiment: what is compared, for whom, how long, and what came of it."""

from datetime import date, datetime, time, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from experiments.models.experiment_choices import (
    OVER,
    UNDELIVERED,
    AssignmentUnit,
    Covariate,
    Decision,
    Metric,
    Moment,
    PairExposure,
    PlanVersion,
    Source,
    Status,
)
from experiments.models.experiment_values import (
    default_covariates,
    default_guardrails,
    new_salt,
    validate_covariates,
    validate_ramp_plan,
)
from experiments.models.store import Store
from experiments.models.years import validate_year


class ExperimentQuerySet(models.QuerySet["Experiment"]):
    """Experiments, limited."""

    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """Those of the stores that the user is a member of."""
        return self.filter(store__memberships__user_id=user.pk)

    def running(self) -> Self:
        """Those that assign visitors now."""
        return self.filter(status=Status.RUNNING)

    def rolled_out(self) -> Self:
        """Those that are concluded, and whose winner every visitor gets."""
        return self.filter(
            status=Status.CONCLUDED, decision=Decision.ROLL_OUT, rolled_out_variant__isnull=False, source=Source.LIVE
        )

    def served(self) -> Self:
        """Those that the edge holds: they assign visitors, are paused, or show a winner.

        Tests on customers are none of them: journeys serve those (``accounting/send_points.py``).
        """
        assigning = self.filter(status__in=(Status.RUNNING, Status.PAUSED), source=Source.LIVE)
        return (assigning | self.rolled_out()).filter(unit=AssignmentUnit.VISITOR)


ExperimentManager = models.Manager.from_queryset(ExperimentQuerySet)


class TestManager(ExperimentManager["Experiment"]):
    """The tests that somebody made, without the experiments that measure stores' holdouts."""

    def get_queryset(self) -> ExperimentQuerySet:
        """Leave holdouts out."""
        return ExperimentQuerySet(self.model, using=self._db).exclude(source=Source.HOLDOUT)


class Experiment(models.Model):
    """A test of one or more treatments against a control at one moment."""

    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="experiments", verbose_name=_("store"))
    key = models.SlugField(_("key"), max_length=64)
    name = models.CharField(_("name"), max_length=200)
    hypothesis = models.TextField(_("hypothesis"), blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="owned_experiments",
        verbose_name=_("owner"),
        help_text=_("Who looks after the test."),
    )
    tags = ArrayField(models.CharField(max_length=40), default=list, db_default=[], blank=True, verbose_name=_("tags"))
    moment = models.CharField(_("moment"), max_length=16, choices=Moment.choices)
    unit = models.CharField(
        _("unit"),
        max_length=16,
        choices=AssignmentUnit.choices,
        default=AssignmentUnit.VISITOR,
        db_default=AssignmentUnit.VISITOR,
        editable=False,
    )
    status = models.CharField(_("status"), max_length=16, choices=Status.choices, default=Status.DRAFT)
    source = models.CharField(_("source"), max_length=16, choices=Source.choices, default=Source.LIVE, editable=False)
    has_told_weights = models.BooleanField(
        _("planned split is known"),
        default=False,
        db_default=False,
        editable=False,
        help_text=_("For an imported test: whether its planned split is known."),
    )
    salt = models.CharField(_("assignment seed"), max_length=64, default=new_salt, editable=False)
    priority = models.SmallIntegerField(
        _("priority"), default=0, help_text=_("If several tests match, the one with the highest priority goes first.")
    )
    traffic_share = models.FloatField(
        _("traffic share"),
        default=1.0,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
        help_text=_(
            "The share of visitors who take part, from 0 to 1. Changing it doesn't move anyone between variants."
        ),
    )
    ramp_plan = models.JSONField(
        _("ramp plan"),
        default=list,
        blank=True,
        validators=[validate_ramp_plan],
        help_text=_("Smaller shares of traffic to start with, each with its number of days."),
    )
    ramp_step = models.PositiveSmallIntegerField(_("ramp step"), default=0, editable=False)
    ramped_at = models.DateTimeField(_("current ramp step since"), null=True, blank=True, editable=False)
    targeting = models.JSONField(_("targeting"), default=dict, blank=True)
    pair_exposure = models.CharField(
        _("carts with pairs"),
        max_length=8,
        choices=PairExposure.choices,
        default=PairExposure.EVERY,
        db_default=PairExposure.EVERY,
        help_text=_(
            "For offers of pairs: who takes part, control included. With any variant, a variant without a pair shows "
            "nothing. Choose it before launch."
        ),
    )
    starts_at = models.DateTimeField(_("starts at"), null=True, blank=True, validators=[validate_year])
    ends_at = models.DateTimeField(_("ends at"), null=True, blank=True, validators=[validate_year])
    started_at = models.DateTimeField(_("started at"), null=True, blank=True, editable=False)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True, editable=False)

    goal_metric = models.CharField(_("goal metric"), max_length=32, choices=Metric.choices, default=Metric.RPV)
    guardrails = models.JSONField(_("guardrails"), default=default_guardrails, blank=True)
    is_pausing_on_harm = models.BooleanField(
        _("pause on harm"),
        default=True,
        help_text=_(
            "Pause the test automatically if a guardrail is crossed: its whole always-valid interval is past the "
            "margin. Many more errors or skipped offers than in control pause the test, too."
        ),
    )
    alpha = models.FloatField(_("alpha"), default=0.05, validators=[MinValueValidator(0.0001), MaxValueValidator(0.5)])
    covariates = models.JSONField(
        _("adjusted by"),
        default=default_covariates,
        db_default=default_covariates(),
        blank=True,
        validators=[validate_covariates],
        help_text=_("What is known of visitors before the offer. It narrows intervals. Choose it before launch."),
    )
    is_aa_test = models.BooleanField(
        _("A/A test"),
        default=False,
        db_default=False,
        help_text=_("The variants don't differ: the test checks the setup and teaches nothing about effects."),
    )
    planned_looks = models.PositiveSmallIntegerField(_("planned looks"), default=14, validators=[MinValueValidator(1)])
    prior_sd = models.FloatField(_("prior standard deviation"), default=0.1, validators=[MinValueValidator(0.0001)])
    cap_minor = models.BigIntegerField(
        _("cap on order values"),
        null=True,
        blank=True,
        help_text=_("Order values above this count as this amount. It is set from past orders before launch."),
    )
    is_cap_awaited = models.BooleanField(_("waiting for the cap"), default=False, db_default=False, editable=False)
    attribution_window_days = models.PositiveSmallIntegerField(
        _("attribution window in days"), default=7, validators=[MinValueValidator(1)]
    )
    planned_sample = models.PositiveIntegerField(
        _("planned sample"), null=True, blank=True, help_text=_("Visitors per variant.")
    )
    planned_days = models.PositiveSmallIntegerField(
        _("planned days"),
        default=14,
        validators=[MinValueValidator(1)],
        help_text=_("Use whole weeks: weekdays and weekends differ."),
    )
    plan_version = models.PositiveSmallIntegerField(
        _("analysis rules"),
        choices=PlanVersion.choices,
        default=PlanVersion.DAILY,
        db_default=PlanVersion.DAILY,
        editable=False,
    )
    day_zone = models.CharField(
        _("time zone of its days"), max_length=64, default="UTC", db_default="UTC", editable=False
    )
    delays = models.JSONField(_("order and refund delays"), default=dict, db_default={}, blank=True, editable=False)
    learnt_prior = models.JSONField(
        _("learned size of effects"), default=dict, db_default={}, blank=True, editable=False
    )
    previewed_at = models.DateTimeField(_("previewed at"), null=True, blank=True, editable=False)

    decision = models.CharField(
        _("decision"), max_length=16, choices=Decision.choices, default=Decision.UNDECIDED, blank=True
    )
    rolled_out_variant = models.ForeignKey(
        "Variant",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="rollouts",
        verbose_name=_("rolled-out variant"),
    )
    learning = models.TextField(_("learning"), blank=True)
    next_step = models.TextField(_("next step"), blank=True)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    objects = TestManager()
    with_holdouts = ExperimentManager["Experiment"]()

    class Meta:
        verbose_name = _("test")
        verbose_name_plural = _("tests")
        ordering = ("-created_at",)
        # Unfiltered, whichever manager is asked by name: else a store's deletion would leave its holdout's rows behind,
        # and its export would lack them; a test could be given the holdout's key, and fail only in the database.
        base_manager_name = default_manager_name = "with_holdouts"
        constraints = (
            models.UniqueConstraint(fields=("store", "key"), name="one_experiment_per_store_and_key"),
            models.CheckConstraint(
                condition=models.Q(traffic_share__gte=0, traffic_share__lte=1),
                name="experiment_traffic_share_is_a_share",
            ),
            models.CheckConstraint(
                condition=models.Q(alpha__gt=0, alpha__lt=1), name="experiment_alpha_is_a_probability"
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def is_split_known(self) -> bool:
        """Whether the variants' weights are what was planned: a file says nothing of the plan unless it is told."""
        return self.source != Source.IMPORTED or self.has_told_weights

    @property
    def is_of_customers(self) -> bool:
        """Whether customers are assigned, and not visitors."""
        return self.unit == AssignmentUnit.CUSTOMER

    @property
    def is_undelivered(self) -> bool:
        """Whether nothing reaches whom it assigns: no page has a slot for visitors in an email."""
        return self.moment in UNDELIVERED and not self.is_of_customers

    @property
    def is_followed_for_long(self) -> bool:
        """Whether what customers order in the year after is kept: of tests on customers, and of holdouts."""
        return self.is_of_customers or self.source == Source.HOLDOUT

    @property
    def has_covariate_sums(self) -> bool:
        """Whether more than the cart's value adjusts its results: for that alone, the sums of all tests are enough."""
        return not set(self.covariates) <= {Covariate.CART_VALUE}

    @property
    def is_over(self) -> bool:
        """Whether it assigns nobody any more, and never will again."""
        return self.status in OVER

    @property
    def is_ramping(self) -> bool:
        """Whether the ramp plan has steps left."""
        return self.ramp_step < len(self.ramp_plan)

    @property
    def served_share(self) -> float:
        """The share of visitors that take part now: the ramp plan's until it is through, never above the planned."""
        if not self.is_ramping:
            return self.traffic_share
        share: float = self.ramp_plan[self.ramp_step]["share"]
        return min(self.traffic_share, share)

    @property
    def days_zone(self) -> ZoneInfo:
        """The time zone of the days by which its visitors are added up: the store's when the test began."""
        return ZoneInfo(self.day_zone)

    def exposure_day(self, at: datetime) -> date:
        """Return the day of the test on which somebody is exposed at a time."""
        return at.astimezone(self.days_zone).date()

    def end_of_day(self, day: date) -> datetime:
        """Return the moment at which a day of the test is over."""
        return datetime.combine(day + timedelta(days=1), time(), self.days_zone)

    @property
    def has_dates(self) -> bool:
        """Whether its times say anything: those of an imported test whose file has none are when it was imported."""
        return self.started_at is not None and self.started_at != self.ended_at

    def day_at(self, now: datetime) -> int | None:
        """Which day of the test it is, or was when the test ended: the day of its start is the first.

        Days are those of the store's calendar, as its people count them. ``None`` before the start, and for an imported
        test whose file has no times.
        """
        if self.started_at is None or not self.has_dates:
            return None
        # An end before the start (clocks of two machines) is no negative day.
        last = max(self.ended_at or now, self.started_at)
        return (self.store.day_of(last) - self.store.day_of(self.started_at)).days + 1

    def is_ramp_due(self, now: datetime) -> bool:
        """Whether the present step of the ramp plan has lasted its days."""
        if not self.is_ramping or self.ramped_at is None:
            return False
        return now - self.ramped_at >= timedelta(days=self.ramp_plan[self.ramp_step]["days"])

    def note_status(self, now: datetime) -> None:
        """Set the times that go with the status: the first start, with the clock of the test's days, and the end once
        it has come. Not saved here."""
        if self.status == Status.RUNNING:
            if self.started_at is None:
                # For good: nobody can be moved to another day once days are added up.
                self.day_zone = self.store.zone.key
            # The first start counts, however often the test is paused: its attribution windows go on meanwhile.
            self.started_at, self.ended_at = self.started_at or now, None
        elif self.is_over and self.started_at:
            self.ended_at = self.ended_at or now
