"""The API's addresses, under ``/api/v1/``."""

from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework.routers import SimpleRouter

from dashboard.api.annotations import AnnotationViewSet
from dashboard.api.views import EventsView, ExperimentViewSet, NothingHere

router = SimpleRouter()
router.register("experiments", ExperimentViewSet, basename="experiment")
router.register("annotations", AnnotationViewSet, basename="annotation")

app_name = "api"
urlpatterns = [
    path("", include(router.urls)),
    path("events/", EventsView.as_view(), name="events"),
    path("schema/", SpectacularJSONAPIView.as_view(authentication_classes=[], permission_classes=[]), name="schema"),
    re_path("", NothingHere.as_view(), name="nothing"),
]
