"""What the store has learned from tests that are over, as JSON."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request
from rest_framework.response import Response

from dashboard.api.views import BAD_VALUES, ERRORS, PageFilter, parameters_of, store_of
from dashboard.playbook.entries import UNDECIDED, PlaybookFilter, entries_of, tests_that_are_over
from experiments.models import Decision, Experiment, Moment

DECISIONS = [*filter(None, Decision.values), UNDECIDED]


class PlaybookPages(PageNumberPagination):
    """By number: what is looked for is ordered by how well it fits, which no cursor can go on from."""

    page_size, max_page_size, page_size_query_param = 20, 100, "page_size"


class SearchFilter(PageFilter):
    """Which tests are listed."""

    q = serializers.CharField(required=False, max_length=200, help_text="Words of names, hypotheses, and learnings")
    moment = serializers.ChoiceField(choices=Moment.choices, required=False)
    decision = serializers.ChoiceField(choices=DECISIONS, required=False)
    page = serializers.IntegerField(required=False, min_value=1, max_value=1_000_000)


class ShownVariantSerializer(serializers.Serializer[Any]):
    """A variant as it was shown."""

    key = serializers.CharField(source="variant.key")
    name = serializers.CharField(source="variant.name")
    is_control = serializers.BooleanField(source="variant.is_control")
    offer = serializers.CharField(source="widget.offer.key", default="", help_text="Empty without one")
    headline = serializers.CharField(source="widget.headline", default="")


class LiftSerializer(serializers.Serializer[Any]):
    """A lift as a fraction, with its interval; an end that is null is open."""

    estimate = serializers.FloatField()
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)


class PlaybookResultSerializer(serializers.Serializer[Any]):
    """What a treatment did to the goal metric."""

    variant = serializers.CharField(source="metric.variant")
    metric = serializers.CharField(source="metric.metric")
    lift = LiftSerializer(allow_null=True, help_text="Corrected for luck; null where there is none")
    measured = LiftSerializer(allow_null=True, help_text="As measured, where another is shown")


class PlaybookEntrySerializer(serializers.Serializer[Any]):
    """A test that is over: what was thought, shown, found, decided, and learned."""

    key = serializers.CharField(source="experiment.key")
    name = serializers.CharField(source="experiment.name")
    hypothesis = serializers.CharField(source="experiment.hypothesis")
    moment = serializers.CharField(source="experiment.moment")
    tags = serializers.ListField(child=serializers.CharField(), source="experiment.tags")
    started_at = serializers.DateTimeField(source="experiment.started_at", allow_null=True)
    ended_at = serializers.DateTimeField(source="experiment.ended_at", allow_null=True)
    variants = ShownVariantSerializer(source="arms", many=True)
    results = PlaybookResultSerializer(many=True)
    decision = serializers.CharField(source="experiment.decision", help_text="Empty while nothing is decided")
    rolled_out_variant = serializers.CharField(source="experiment.rolled_out_variant.key", default=None)
    learning = serializers.CharField(source="experiment.learning")
    next_step = serializers.CharField(source="experiment.next_step")


class PlaybookView(GenericAPIView[Experiment]):
    """The playbook."""

    serializer_class = PlaybookEntrySerializer
    pagination_class = PlaybookPages

    def get_queryset(self) -> QuerySet[Experiment]:
        """The store's tests that are over."""
        if self.request.auth is None:  # while the API describes itself
            return Experiment.objects.none()
        return tests_that_are_over(Experiment.objects.filter(store=store_of(self.request)))

    @extend_schema(
        operation_id="playbook",
        parameters=[SearchFilter],
        responses={200: PlaybookEntrySerializer(many=True), 400: BAD_VALUES, **ERRORS},
    )
    def get(self, request: Request) -> Response:
        """Tests that are over: those that fit the words best first, else the newest."""
        asked = parameters_of(request, SearchFilter)
        wanted = PlaybookFilter(asked.get("q", ""), asked.get("moment", ""), asked.get("decision", ""))
        page = self.paginate_queryset(wanted.limit(self.get_queryset())) or []
        return self.get_paginated_response(PlaybookEntrySerializer(entries_of(page), many=True).data)
