"""The API's addresses, under ``/api/v1/``."""

from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework.routers import SimpleRouter

from dashboard.api.annotations import AnnotationViewSet
from dashboard.api.drafts import DraftsView, OffersView, TemplatesView
from dashboard.api.plans import PlanView
from dashboard.api.playbook import PlaybookView
from dashboard.api.views import EventsView, ExperimentViewSet, NothingHere

router = SimpleRouter()
router.register("experiments", ExperimentViewSet, basename="experiment")
router.register("annotations", AnnotationViewSet, basename="annotation")

app_name = "api"
urlpatterns = [
    path("", include(router.urls)),
    path("templates/", TemplatesView.as_view(), name="templates"),
    path("offers/", OffersView.as_view(), name="offers"),
    path("drafts/", DraftsView.as_view(), name="drafts"),
    path("plan/", PlanView.as_view(), name="plan"),
    path("playbook/", PlaybookView.as_view(), name="playbook"),
    path("events/", EventsView.as_view(), name="events"),
    path("schema/", SpectacularJSONAPIView.as_view(authentication_classes=[], permission_classes=[]), name="schema"),
    re_path("", NothingHere.as_view(), name="nothing"),
]
