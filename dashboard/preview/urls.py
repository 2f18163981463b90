"""The URLs of previews."""

from django.urls import URLPattern, path

from dashboard.preview import views

TEST = "tests/<slug:store_slug>/<slug:experiment_key>/"

preview_urls: list[URLPattern] = [
    path(f"{TEST}preview/", views.compare_variants, name="previews"),
    path(f"{TEST}preview/<slug:variant_key>/", views.open_in_store, name="preview"),
    path(f"{TEST}shown/<slug:variant_key>/", views.shown, name="shown"),
]
