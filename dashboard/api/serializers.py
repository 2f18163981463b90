"""Rows as JSON. Money is in minor units, times are UTC."""

from typing import Any

from django.contrib.auth.models import User
from rest_framework import serializers

from experiments.models import Experiment, Snapshot, Variant, WidgetEvent


class VariantSerializer(serializers.ModelSerializer[Variant]):
    """An arm of a test."""

    class Meta:
        model = Variant
        fields = ("key", "name", "is_control", "weight")


class ExperimentSerializer(serializers.ModelSerializer[Experiment]):
    """A test with its settings and its conclusion."""

    variants = VariantSerializer(many=True, read_only=True)
    rolled_out_variant = serializers.SlugRelatedField[Variant](slug_field="key", read_only=True, allow_null=True)
    served_share = serializers.FloatField(read_only=True, help_text="Share of visitors that take part now")
    owner = serializers.SlugRelatedField[User](
        slug_field="username", read_only=True, allow_null=True, help_text="Who looks after it"
    )

    class Meta:
        model = Experiment
        fields = (
            "key", "name", "hypothesis", "owner", "tags", "moment", "unit", "status", "source", "traffic_share",
            "served_share", "started_at", "ended_at", "goal_metric", "alpha", "covariates", "attribution_window_days",
            "planned_sample", "planned_days",
            "decision", "rolled_out_variant", "learning", "next_step", "variants", "created_at", "updated_at",
        )  # fmt: skip


class SecondOfferSerializer(serializers.Serializer[Any]):
    """What became of a second offer of a sequence, over the test's whole life."""

    variant = serializers.CharField(source="variant.key", help_text="Key of the treatment")
    after = serializers.CharField(help_text="The answer to the first offer after which it comes: accepted, declined")
    offer = serializers.CharField(source="offer_key", help_text="Key of the offer")
    shown = serializers.IntegerField(source="figures.shown")
    taken = serializers.IntegerField(source="figures.taken", help_text="Signed acceptances")
    declined = serializers.IntegerField(source="figures.declined")
    bought = serializers.IntegerField(source="figures.bought", help_text="Acceptances in orders that count")
    revenue_minor = serializers.IntegerField(source="figures.revenue_minor", help_text="Before refunds")
    refunded_minor = serializers.IntegerField(source="figures.refunded_minor")
    net_minor = serializers.IntegerField(source="figures.net_minor")


class SnapshotSerializer(serializers.ModelSerializer[Snapshot]):
    """A stored result; the report itself is under its own address."""

    class Meta:
        model = Snapshot
        fields = ("id", "taken_at", "is_look", "information_fraction", "method_version", "is_reread")


class EventSerializer(serializers.ModelSerializer[WidgetEvent]):
    """What a widget reported."""

    experiment = serializers.SlugRelatedField[Experiment](slug_field="key", read_only=True, allow_null=True)
    variant = serializers.SlugRelatedField[Variant](slug_field="key", read_only=True, allow_null=True)
    props = serializers.DictField(read_only=True)

    class Meta:
        model = WidgetEvent
        fields = (
            "event_id", "type", "moment", "experiment", "variant", "visitor_id", "occurred_at", "received_at", "props",
        )  # fmt: skip
