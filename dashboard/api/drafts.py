"""What can be tested, and drafts of it by those tokens that may. Nothing here, and no other call, launches a test."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.urls import reverse
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.generics import GenericAPIView
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from checkout_widgets.launching.drafts import LONGEST_DAYS, create_draft, usual_choices
from checkout_widgets.launching.templates import Template, templates
from checkout_widgets.models import Offer
from dashboard.api.annotations import actor_of
from dashboard.api.serializers import ExperimentSerializer
from dashboard.api.views import BAD_VALUES, ERRORS, ErrorSerializer, NewestFirst, PageFilter, parameters_of, store_of
from experiments.models import ApiToken, Experiment, Moment, Store

if TYPE_CHECKING:
    from collections.abc import Sequence

WRITE_ERRORS = {**ERRORS, 403: OpenApiResponse(ErrorSerializer, description="The token may not make drafts.")}
TEXTS = {"type": "array", "items": {"type": "string"}}
BAD_DRAFT = OpenApiResponse(
    {
        "type": "object",
        "additionalProperties": {
            "oneOf": [TEXTS, {"type": "string"}, {"type": "object", "additionalProperties": TEXTS}]
        },
    },
    description="Fields that can't be, each with what is wrong, `offers` by their place in the list; or `detail`, "
    "where the body can't be read at all.",
)
MOST_OFFERS = 10


class MayDraft(BasePermission):
    """For tokens whose row says so."""

    message = "This token may not make drafts. An admin of the store can allow it under Setup, API tokens."

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Whether this may be asked."""
        return isinstance(request.auth, ApiToken) and request.auth.can_draft


class TemplateSerializer(serializers.Serializer[Any]):
    """A test as it is usually set up. Lifts are fractions."""

    key = serializers.CharField()
    name = serializers.CharField()
    question = serializers.CharField()
    moment = serializers.ChoiceField(choices=Moment.choices, help_text="Where it is usually run")
    offers = serializers.IntegerField(help_text="How many different offers it needs")
    lift = serializers.FloatField(help_text="What it should be able to find")
    planned_days = serializers.IntegerField()
    can_be_drafted = serializers.SerializerMethodField()

    def get_can_be_drafted(self, template: Template) -> bool:
        """Whether a draft can be made of it: messages are made with their journey, in the console."""
        return not template.is_undelivered and template.moment != Moment.FOLLOW_UP


class OfferSerializer(serializers.ModelSerializer[Offer]):
    """An offer that a draft can sell. The price is in minor units; an offer of pairs has each product's own."""

    class Meta:
        model = Offer
        fields = ("key", "name", "kind", "pairing", "price_minor", "currency", "is_active")


class SentDraft(serializers.Serializer[Any]):
    """A draft to make: what is left out is the template's, or what the store's own figures ask for."""

    template = serializers.CharField(max_length=100, help_text="A template's key.")
    name = serializers.CharField(required=False, max_length=200)
    hypothesis = serializers.CharField(required=False, max_length=2_000)
    moment = serializers.ChoiceField(required=False, choices=Moment.choices)
    offers = serializers.ListField(
        child=serializers.SlugField(max_length=64),
        required=False,
        max_length=MOST_OFFERS,
        help_text="Keys of offers, in the template's order; a treatment without one gets its offer in the console.",
    )
    planned_sample = serializers.IntegerField(
        required=False, min_value=100, max_value=2_000_000_000, help_text="Visitors per variant."
    )
    planned_days = serializers.IntegerField(required=False, min_value=1, max_value=LONGEST_DAYS)

    def validate_template(self, key: str) -> Template:
        """Return the template. Raises ``ValidationError`` where there is none, or none that can be drafted here."""
        template = templates().get(key)
        if template is None:
            raise serializers.ValidationError("There is no such template: GET templates/ lists them.")
        if not TemplateSerializer(template).data["can_be_drafted"]:
            raise serializers.ValidationError("Make this one in the console, with its journey.")
        return template

    def validate_moment(self, moment: str) -> Moment:
        """Return the moment. Raises ``ValidationError`` for messages."""
        if moment == Moment.FOLLOW_UP:
            raise serializers.ValidationError("Tests of messages are made in the console, with their journey.")
        return Moment(moment)


class DraftSerializer(ExperimentSerializer):
    """The draft, and where a person goes on with it."""

    url = serializers.SerializerMethodField(help_text="The draft in the console: only there it can be launched")

    class Meta(ExperimentSerializer.Meta):
        fields = (*ExperimentSerializer.Meta.fields, "url")  # type: ignore[assignment]

    def get_url(self, experiment: Experiment) -> str:
        """Return the draft's page."""
        page = reverse("dashboard:launch", args=[experiment.store.slug, experiment.key])
        address: str = self.context["request"].build_absolute_uri(page)
        return address


class TemplatesView(APIView):
    """What can be tested."""

    @extend_schema(operation_id="templates", responses={200: TemplateSerializer(many=True), **ERRORS})
    def get(self, request: Request) -> Response:
        """All templates, in the console's order."""
        return Response(TemplateSerializer(templates().values(), many=True).data)


class LatestOfferFirst(NewestFirst):
    """Offers by when they were made: their numbers count up."""

    ordering = ("-pk",)


class OffersView(GenericAPIView[Offer]):
    """The store's offers."""

    serializer_class = OfferSerializer
    pagination_class = LatestOfferFirst

    def get_queryset(self) -> QuerySet[Offer]:
        """Those of the token's store."""
        if self.request.auth is None:  # while the API describes itself
            return Offer.objects.none()
        return Offer.objects.filter(store=store_of(self.request))

    @extend_schema(
        operation_id="offers",
        parameters=[PageFilter],
        responses={200: OfferSerializer(many=True), 400: BAD_VALUES, **ERRORS},
    )
    def get(self, request: Request) -> Response:
        """All offers, the newest first."""
        parameters_of(request, PageFilter)
        page = self.paginate_queryset(self.get_queryset()) or []
        return self.get_paginated_response(OfferSerializer(page, many=True).data)


class DraftsView(APIView):
    """Drafts."""

    permission_classes = (MayDraft,)

    @extend_schema(
        operation_id="drafts_create",
        request=SentDraft,
        responses={201: DraftSerializer, 400: BAD_DRAFT, **WRITE_ERRORS},
    )
    def post(self, request: Request) -> Response:
        """Make a draft of a template. A person checks and launches it in the console."""
        sent = SentDraft(data=request.data)
        sent.is_valid(raise_exception=True)
        experiment = draft_of(sent.validated_data, store_of(request), actor=actor_of(request))
        return Response(DraftSerializer(experiment, context={"request": request}).data, status=201)


def draft_of(sent: dict[str, Any], store: Store, *, actor: str) -> Experiment:
    """Create the draft. Raises ``ValidationError`` for offers that the store or the template doesn't have."""
    template = sent["template"]
    choices = usual_choices(
        template,
        store,
        moment=sent.get("moment"),
        sample=sent.get("planned_sample"),
        days=sent.get("planned_days"),
    )
    choices = replace(
        choices,
        name=sent.get("name", choices.name),
        hypothesis=sent.get("hypothesis", ""),
        offers=offers_named(sent.get("offers", ()), template, store),
    )
    return create_draft(template, store, choices, actor=actor)


def offers_named(keys: Sequence[str], template: Template, store: Store) -> list[Offer]:
    """Return the store's offers of these keys, in their order. Raises ``ValidationError``."""
    if len(keys) > template.offers:
        raise ValidationError({"offers": [f"Name at most {template.offers}: the template takes no more."]})
    known = {offer.key: offer for offer in Offer.objects.filter(store=store, key__in=keys)}
    named = []
    for key in keys:
        if key not in known:
            raise ValidationError({"offers": [f"The store has no offer “{key}”."]})
        named.append(known[key])
    return named
