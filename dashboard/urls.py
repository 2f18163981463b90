"""The dashboard's URLs."""

from django.urls import URLPattern, path
from django.views.generic import RedirectView

from dashboard import views

app_name = "dashboard"
urlpatterns: list[URLPattern] = [
    path("", RedirectView.as_view(pattern_name="dashboard:experiments"), name="home"),
    path("tests/", views.experiments, name="experiments"),
    path("tests/<slug:store_slug>/<slug:experiment_key>/", views.report, name="report"),
    path("tests/<slug:store_slug>/<slug:experiment_key>/findings/", views.findings, name="findings"),
]
