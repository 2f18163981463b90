"""The planner as JSON: how many visitors a test needs, and how many weeks, by the store's own figures."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from dashboard.api.views import BAD_VALUES, ERRORS, parameters_of, store_of
from dashboard.planner.form import MOST_TREATMENTS, MOST_TYPED, PlannerForm
from dashboard.planner.page import PlannerPage
from dashboard.planner.views import defaults

IMPOSSIBLE = "These figures make no test: a share of visitors would rise above 100%, or the lift can't be measured."


def amount(help_text: str, *, least: float = 0.0001, most: float = MOST_TYPED) -> serializers.FloatField:
    """Return a figure that may be left out: what the store has measured stands in."""
    return serializers.FloatField(required=False, min_value=least, max_value=most, help_text=help_text)


class PlanFilter(serializers.Serializer[Any]):
    """What is planned: what the planner's address has, under the same names and in the same units."""

    what = serializers.CharField(
        required=False, max_length=100, help_text="A moment, such as `cart` (the default), or a template's key."
    )
    metric = serializers.CharField(
        required=False, max_length=100, help_text="`rpv` (the default), `aov`, `conversion`, or a custom metric's code."
    )
    mde = amount("The smallest lift to find, in percent; by default the playbook's.", least=0.1, most=200)
    treatments = serializers.IntegerField(required=False, min_value=1, max_value=MOST_TREATMENTS)
    traffic = amount("Percentage of visitors that take part; by default all.", least=0.1, most=100)
    power = serializers.ChoiceField(required=False, choices=("0.8", "0.9"))
    looks = serializers.ChoiceField(required=False, choices=("14", "1"), help_text="Daily, or once at the end.")
    cuped = serializers.ChoiceField(required=False, choices=("on", "off"))
    mean = amount("The metric's current value: money in major units, shares in percent.")
    sd = amount("Its standard deviation.")
    visitors = amount("Visitors a day at the moment.", least=1)
    orders = amount("Percentage of visitors who order, for `aov`.", least=0.01, most=100)


class MissingFigureSerializer(serializers.Serializer[Any]):
    """A parameter that is needed, since the store hasn't measured it yet."""

    field = serializers.CharField()
    text = serializers.CharField()


class DetectableLiftSerializer(serializers.Serializer[Any]):
    """The lift that a test of so many weeks finds."""

    weeks = serializers.IntegerField()
    per_variant = serializers.IntegerField()
    lift = serializers.FloatField()


class PlannedTestSerializer(serializers.Serializer[Any]):
    """A plan. Lifts are fractions; money is in minor units."""

    moment = serializers.CharField(source="form.moment.value")
    metric = serializers.CharField(source="form.metric_chosen.value")
    lift = serializers.FloatField(source="form.lift", help_text="What the test is to find")
    mean = serializers.FloatField(allow_null=True, help_text="The metric now")
    sd = serializers.FloatField(allow_null=True)
    visitors_per_day = serializers.FloatField(allow_null=True)
    missing = MissingFigureSerializer(many=True, help_text="Without these there is no plan")
    problem = serializers.SerializerMethodField(help_text="Why these figures make no test; empty where they do")
    per_variant = serializers.IntegerField(source="plan.per_variant", default=None, allow_null=True)
    total = serializers.IntegerField(source="plan.total", default=None, allow_null=True)
    days = serializers.IntegerField(
        source="plan.days", default=None, allow_null=True, help_text="In whole weeks; null where traffic isn't known"
    )
    is_too_long = serializers.BooleanField(
        source="plan.is_too_long", default=False, help_text="Whether that is longer than cookies last"
    )
    detectable = DetectableLiftSerializer(source="reaches", many=True, help_text="What shorter and longer tests find")
    left_by_running_tests = serializers.CharField(
        source="crowding.visitors", default="", help_text="Visitors a day, where running tests leave few"
    )
    days_with_running_tests = serializers.IntegerField(source="crowding.days", default=None, allow_null=True)
    url = serializers.SerializerMethodField(help_text="The plan in the console")

    def get_problem(self, page: PlannerPage) -> str:
        """Say why there is no plan although nothing is missing."""
        if page.has_impossible_figures:
            return IMPOSSIBLE
        return ""

    def get_url(self, page: PlannerPage) -> str:
        """Return the planner's address with what was asked."""
        request = self.context["request"]
        query = request.query_params.copy()
        query["store"] = page.store.slug
        address: str = request.build_absolute_uri(f"{reverse('dashboard:planner')}?{query.urlencode()}")
        return address


class PlanView(APIView):
    """The planner."""

    @extend_schema(
        operation_id="plan", parameters=[PlanFilter], responses={200: PlannedTestSerializer, 400: BAD_VALUES, **ERRORS}
    )
    def get(self, request: Request) -> Response:
        """What a test needs, by the store's last four weeks and what is asked."""
        typed = defaults()
        for name, value in parameters_of(request, PlanFilter).items():
            typed[name] = str(value)
        form = PlannerForm(typed, store=store_of(request))
        if not form.is_valid():
            raise ValidationError(problems_of(form))
        page = PlannerPage(form, store_of(request), timezone.now())
        return Response(PlannedTestSerializer(page, context={"request": request}).data)


def problems_of(form: PlannerForm) -> dict[str, list[str]]:
    """Return what is wrong, by parameter."""
    problems = {}
    for name, errors in form.errors.items():
        problems[name] = list(map(str, errors))
    return problems
