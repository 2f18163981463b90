"""The public URLs."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("v1/webhooks/", include("checkout_widgets.webhooks.urls")),
    path("", include("journeys.signals.urls")),
    path("", include("journeys.tracking.urls")),
    path("m/", include("journeys.pages.urls")),
    path("", include("checkout_widgets.edge.urls")),
]
