"""The URLs of custom metrics."""

from django.urls import URLPattern, path

from dashboard.custom_metrics import views

METRIC = "custom-metrics/<slug:store_slug>/<int:pk>/"

custom_metric_urls: list[URLPattern] = [
    path("custom-metrics/", views.custom_metrics_page, name="custom_metrics"),
    path(METRIC, views.change_metric, name="change_metric"),
    path(f"{METRIC}archive/", views.archive_metric, name="archive_metric"),
    path(f"{METRIC}restore/", views.restore_metric, name="restore_metric"),
    path("tests/<slug:store_slug>/<slug:experiment_key>/custom-metrics/", views.choose_metrics, name="choose_metrics"),
]
