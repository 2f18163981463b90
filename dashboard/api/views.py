"""What can be read. Every query is limited to the token's store."""

import logging
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, cast

import msgspec
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import APIException, NotFound
from rest_framework.generics import GenericAPIView, get_object_or_404
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from checkout_widgets.offer_days.second_offers import second_offers
from dashboard.api.parts import PartFilter, part_to_send
from dashboard.api.schema import METRIC_VIEW, PART, REPORT
from dashboard.api.serializers import (
    EventSerializer,
    ExperimentSerializer,
    SecondOfferSerializer,
    SnapshotSerializer,
)
from experiments.event_store.store import FoundEvents, NotAvailable, event_store
from experiments.models import ApiToken, EventType, Experiment, Moment, Snapshot, Status, Store, WidgetEvent
from experiments.reading.replica import data_as_of, read_late
from experiments.snapshots import metric_view, report_to_show

logger = logging.getLogger(__name__)

DAY = timedelta(days=1)
METRIC_PATTERN = "[-a-zA-Z0-9_]{1,64}"  # the keys of metrics, custom ones included: anything else is no address
# Before any event, and far enough from the first date of Python to subtract from.
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)


class ErrorSerializer(serializers.Serializer[Any]):
    """What went wrong, in words."""

    detail = serializers.CharField()


ERRORS = {
    401: OpenApiResponse(ErrorSerializer, description="No token, or one that doesn't count."),
    404: OpenApiResponse(ErrorSerializer, description="The store has no such thing."),
}
AWAY = OpenApiResponse(ErrorSerializer, description="Older events can't be read at the moment.")
BAD_VALUES = OpenApiResponse(
    {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}},
    description="Parameters that can't be read, each with what is wrong.",
)


class PageFilter(serializers.Serializer[Any]):
    """How much is listed at once."""

    page_size = serializers.IntegerField(required=False, min_value=1, max_value=1_000)


class ExperimentFilter(PageFilter):
    """Which tests are listed."""

    status = serializers.ChoiceField(choices=Status.choices, required=False)
    moment = serializers.ChoiceField(choices=Moment.choices, required=False)


class EventFilter(PageFilter):
    """Which events are listed: those received from ``since`` on and before ``until``, by default within a day."""

    since = serializers.DateTimeField(required=False)
    until = serializers.DateTimeField(required=False)
    type = serializers.ChoiceField(choices=EventType.choices, required=False)
    experiment = serializers.SlugField(required=False, max_length=64)


def store_of(request: Request) -> Store:
    """The store whose token came along."""
    return cast("ApiToken", request.auth).store


def parameters_of(request: Request, form: type[serializers.Serializer[Any]]) -> dict[str, Any]:
    """The query's values but for the page's size; raises ``ValidationError`` (400) naming each that can't be read."""
    read = form(data=request.query_params.dict())
    read.is_valid(raise_exception=True)
    return {name: value for name, value in read.validated_data.items() if name != "page_size"}


class NewestFirst(CursorPagination):
    """Pages that stay right while rows come in."""

    page_size, max_page_size, page_size_query_param = 50, 1_000, "page_size"
    ordering: tuple[str, ...] = ("-created_at",)


class NewestSnapshotFirst(NewestFirst):
    """Snapshots by when they were taken."""

    ordering = ("-taken_at",)


class OldestEventFirst(NewestFirst):
    """Events as they came in, so that a reader can go on where it stopped."""

    page_size = 200
    ordering = ("received_at", "event_id")


class ExperimentViewSet(RetrieveModelMixin, GenericViewSet[Experiment]):
    """The store's tests."""

    serializer_class = ExperimentSerializer
    pagination_class = NewestFirst
    lookup_field = "key"
    lookup_value_regex = "[-a-zA-Z0-9_]+"

    def get_queryset(self) -> QuerySet[Experiment]:
        """Those of the token's store."""
        if self.request.auth is None:  # while the API describes itself
            return Experiment.with_holdouts.none()
        own = Experiment.with_holdouts.filter(store=store_of(self.request))
        return own.select_related("store", "rolled_out_variant", "owner").prefetch_related("variants")

    @extend_schema(
        parameters=[ExperimentFilter], responses={200: ExperimentSerializer(many=True), 400: BAD_VALUES, **ERRORS}
    )
    def list(self, request: Request) -> Response:
        """All tests, the newest first."""
        found = self.get_queryset().filter(**parameters_of(request, ExperimentFilter))
        page = self.paginate_queryset(found) or []
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(responses={200: ExperimentSerializer, **ERRORS})
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One test."""
        return super().retrieve(request, *args, **kwargs)

    @extend_schema(responses={200: REPORT, **ERRORS})
    @action(detail=True)
    def report(self, request: Request, key: str) -> Response:
        """The report as it is now."""
        return Response(report_to_show(self.get_object()).as_json())

    @extend_schema(
        operation_id="experiments_metric",
        parameters=[
            OpenApiParameter(
                "metric",
                {"type": "string", "pattern": METRIC_PATTERN},
                OpenApiParameter.PATH,
                description="The metric's code, as in the report.",
            )
        ],
        responses={200: METRIC_VIEW, **ERRORS},
    )
    @action(detail=True, url_path=rf"metrics/(?P<metric>{METRIC_PATTERN})")
    def metric(self, request: Request, key: str, metric: str) -> Response:
        """One metric of the report within segments and day by day."""
        view = metric_view(self.get_object(), metric)
        if view is None:
            raise NotFound("The test has no such metric: the report lists those that it has.")
        return Response(msgspec.to_builtins(view))

    @extend_schema(parameters=[PartFilter], responses={200: PART, 400: BAD_VALUES, **ERRORS})
    @action(detail=True)
    def part(self, request: Request, key: str) -> Response:
        """Every metric of a part of the visitors, and how far they got: exploratory, and corrected for the choice."""
        asked = parameters_of(request, PartFilter)
        report = part_to_send(self.get_object(), asked, timezone.now())
        return Response(report)

    @extend_schema(
        operation_id="experiments_second_offers",
        responses={200: SecondOfferSerializer(many=True), **ERRORS},
    )
    @action(detail=True, url_path="second-offers", pagination_class=None)
    def second_offers(self, request: Request, key: str) -> Response:
        """What became of the second offers of a test's sequences; empty where it has none."""
        return Response(SecondOfferSerializer(second_offers(self.get_object()), many=True).data)

    @extend_schema(parameters=[PageFilter], responses={200: SnapshotSerializer(many=True), 400: BAD_VALUES, **ERRORS})
    @action(detail=True, pagination_class=NewestSnapshotFirst, serializer_class=SnapshotSerializer)
    def snapshots(self, request: Request, key: str) -> Response:
        """The stored results of a test, the newest first; those that are looks decide."""
        parameters_of(request, PageFilter)
        paginator = NewestSnapshotFirst()
        # Without the reports, which are long: the list only names them.
        page = paginator.paginate_queryset(self.get_object().snapshots.defer("report"), request, self)
        return paginator.get_paginated_response(SnapshotSerializer(page or [], many=True).data)

    @extend_schema(
        operation_id="experiments_snapshot_report",
        parameters=[OpenApiParameter("snapshot", int, OpenApiParameter.PATH)],
        responses={200: REPORT, **ERRORS},
    )
    @action(detail=True, url_path=r"snapshots/(?P<snapshot>[0-9]+)")
    def snapshot(self, request: Request, key: str, snapshot: str) -> Response:
        """The report as it was then."""
        row: Snapshot = get_object_or_404(self.get_object().snapshots.all(), pk=snapshot)
        # An old report doesn't name the method it was made by: its row does.
        return Response({"method_version": row.method_version} | row.report)


class EventsAway(APIException):
    """Part of the events can't be read: an answer without them would look like all."""

    status_code = 503
    default_detail = "Older events can't be read at the moment. Try again later."


class EventsView(ListModelMixin, GenericAPIView[WidgetEvent]):
    """What the store's widgets reported."""

    serializer_class = EventSerializer
    pagination_class = OldestEventFirst

    def get_queryset(self) -> "FoundEvents | QuerySet[WidgetEvent]":  # type: ignore[override]
        """Those of the token's store that the query asks for."""
        asked = parameters_of(self.request, EventFilter)
        # What a replica doesn't have yet is left to the next call, which begins where this one ends.
        now = data_as_of()
        until = asked.get("until", now)
        since = asked.get("since", max(min(now, until), EARLIEST) - DAY)
        found = event_store().received(store_of(self.request), since=since, until=until)
        if "type" in asked:
            found = found.filter(type=asked["type"])
        if "experiment" in asked:
            found = found.filter(experiment=self.experiment_of(asked["experiment"]))
        return found

    def experiment_of(self, key: str) -> Experiment:
        """The store's test of this key; raises ``NotFound``."""
        experiment = Experiment.with_holdouts.filter(store=store_of(self.request), key=key).first()
        if experiment is None:
            raise NotFound("The store has no such test.")
        return experiment

    @extend_schema(
        parameters=[EventFilter], responses={200: EventSerializer(many=True), 400: BAD_VALUES, 503: AWAY, **ERRORS}
    )
    def get(self, request: Request) -> Response:
        """Events in the order in which they came in."""
        try:
            return read_late(partial(self.list, request), at_least=self.end_of_past())
        except NotAvailable as error:
            logger.warning("Events can't be listed: %s", error)
            raise EventsAway from error

    def end_of_past(self) -> datetime | None:
        """The end of a span that is over: it has to be complete, since the reader won't come back to it."""
        until: datetime | None = parameters_of(self.request, EventFilter).get("until")
        if until is None or until > timezone.now():
            return None
        return until


class NothingHere(APIView):
    """Every other address."""

    permission_classes = ()
    authentication_classes = ()
    schema = None

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """404, as JSON."""
        raise NotFound("There is nothing at this address: /api/v1/schema/ lists what there is.")

    post = put = patch = delete = get
