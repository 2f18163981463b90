"""The URLs of a draft's audience."""

from django.urls import URLPattern, path

from dashboard.audience import views

AUDIENCE = "tests/<slug:store_slug>/<slug:experiment_key>/audience/"

audience_urls: list[URLPattern] = [
    path(AUDIENCE, views.edit_audience, name="audience"),
    path(f"{AUDIENCE}reach/", views.show_reach, name="reach"),
]
