"""The URLs of a test's report, below ``tests/<store>/<key>/``."""

from django.urls import URLPattern, path

from dashboard.report import views

REPORT = "tests/<slug:store_slug>/<slug:experiment_key>/"

report_urls: list[URLPattern] = [
    path(REPORT, views.report, name="report"),
    path(f"{REPORT}findings/", views.findings, name="findings"),
]
