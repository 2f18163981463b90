"""Annotations: listed for every token, and written by those that may."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.core.exceptions import ValidationError as ModelValidationError
from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.generics import get_object_or_404
from rest_framework.mixins import ListModelMixin
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from dashboard.api.views import BAD_VALUES, ERRORS, ErrorSerializer, NewestFirst, parameters_of, store_of
from experiments import annotating
from experiments.annotating import AnnotationFields
from experiments.models import Annotation, AnnotationKind, ApiToken, Experiment, Store
from experiments.models.annotation import LONGEST_ID, LONGEST_TEXT

if TYPE_CHECKING:
    from rest_framework.views import APIView

WRITE_ERRORS = {**ERRORS, 403: OpenApiResponse(ErrorSerializer, description="The token may only read.")}
BAD_BODY = OpenApiResponse(
    {
        "type": "object",
        "additionalProperties": {"oneOf": [{"type": "array", "items": {"type": "string"}}, {"type": "string"}]},
    },
    description="Fields that can't be, each with what is wrong; or `detail`, where the body can't be read at all.",
)
ID_PATTERN = rf"[-A-Za-z0-9._~]{{1,{LONGEST_ID}}}"  # what an address can have as it is
NAME = OpenApiParameter(
    "id",
    {"type": "string", "pattern": f"^{ID_PATTERN}$"},
    OpenApiParameter.PATH,
    description="Its id in the system that sends it.",
)


class MayAnnotate(BasePermission):
    """Reading for every token; writing for those whose row says so."""

    message = "This token may only read. An admin of the store can allow annotations under Setup, API tokens."

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Whether this may be asked."""
        if not isinstance(request.auth, ApiToken):
            return False
        return request.method in SAFE_METHODS or request.auth.can_annotate


class AnnotationSerializer(serializers.ModelSerializer[Annotation]):
    """Days on which something happened in the store; days are the store's, both included."""

    id = serializers.CharField(
        source="external_id", read_only=True, help_text="As it was sent; empty where it was entered in the console."
    )
    experiment = serializers.SlugRelatedField[Experiment](slug_field="key", read_only=True, allow_null=True)

    class Meta:
        model = Annotation
        fields = (
            "id", "kind", "text", "first_day", "last_day", "is_confounding", "experiment", "created_by", "created_at",
            "updated_at",
        )  # fmt: skip


class SentAnnotation(serializers.Serializer[Any]):
    """What another system says of an annotation."""

    kind = serializers.ChoiceField(choices=AnnotationKind.choices)
    text = serializers.CharField(max_length=LONGEST_TEXT)
    first_day = serializers.DateField()
    last_day = serializers.DateField(required=False, help_text="By default the first day.")
    is_confounding = serializers.BooleanField(
        default=False, help_text="Whether reports also show results without these days."
    )
    experiment = serializers.SlugField(
        required=False, allow_null=True, max_length=64, help_text="A test's key; by default all tests of the store."
    )

    def fields_for(self, store: Store) -> AnnotationFields:
        """Return what was sent. Raises ``ValidationError`` (400) where the store has no such test."""
        fields = dict(self.validated_data)
        fields.setdefault("last_day", fields["first_day"])
        key = fields.pop("experiment", None)
        if key is None:
            return AnnotationFields(**fields)
        experiment = Experiment.objects.filter(store=store, key=key).first()
        if experiment is None:
            raise ValidationError({"experiment": ["The store has no such test."]})
        return AnnotationFields(**fields, experiment=experiment)


class AnnotationFilter(serializers.Serializer[Any]):
    """Which annotations are listed: those that share a day with the span."""

    page_size = serializers.IntegerField(required=False, min_value=1, max_value=1_000)
    since = serializers.DateField(required=False)
    until = serializers.DateField(required=False)


class LatestDayFirst(NewestFirst):
    """Annotations by their days."""

    ordering = ("-first_day", "-pk")


class AnnotationViewSet(ListModelMixin, GenericViewSet[Annotation]):
    """Campaigns, price changes, outages and other systems' tests, on the time axis of the store's tests."""

    serializer_class = AnnotationSerializer
    pagination_class = LatestDayFirst
    permission_classes = (MayAnnotate,)
    lookup_field = "id"
    lookup_value_regex = ID_PATTERN

    def get_queryset(self) -> QuerySet[Annotation]:
        """Those of the token's store."""
        if self.request.auth is None:  # while the API describes itself
            return Annotation.objects.none()
        return Annotation.objects.filter(store=store_of(self.request)).select_related("experiment")

    @extend_schema(
        parameters=[AnnotationFilter], responses={200: AnnotationSerializer(many=True), 400: BAD_VALUES, **ERRORS}
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """All annotations, the latest days first."""
        asked = parameters_of(request, AnnotationFilter)
        found = self.get_queryset()
        if "since" in asked:
            found = found.filter(last_day__gte=asked["since"])
        if "until" in asked:
            found = found.filter(first_day__lte=asked["until"])
        page = self.paginate_queryset(found) or []
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(
        parameters=[NAME],
        request=SentAnnotation,
        responses={200: AnnotationSerializer, 201: AnnotationSerializer, 400: BAD_BODY, **WRITE_ERRORS},
    )
    def update(self, request: Request, id: str) -> Response:
        """Add the annotation of this id, or make it what is sent: sending it again changes nothing."""
        sent = SentAnnotation(data=request.data)
        sent.is_valid(raise_exception=True)
        store = store_of(request)
        try:
            kept = annotating.keep(store, id, sent.fields_for(store), actor=actor_of(request))
        except ModelValidationError as error:
            raise ValidationError(error.message_dict) from error
        status = 200
        if kept.is_new:
            status = 201
        return Response(AnnotationSerializer(kept.annotation).data, status=status)

    @extend_schema(parameters=[NAME], responses={204: None, **WRITE_ERRORS})
    def destroy(self, request: Request, id: str) -> Response:
        """Remove the annotation of this id."""
        annotating.remove(get_object_or_404(self.get_queryset(), external_id=id), actor=actor_of(request))
        return Response(status=204)


def actor_of(request: Request) -> str:
    """Return who does it, as the audit trail has it: the token by its name."""
    return f"API: {cast('ApiToken', request.auth).name}"
