"""The URLs of what a treatment shows."""

from django.urls import URLPattern, path

from dashboard.treatment import views

TREATMENT = "tests/<slug:store_slug>/<slug:experiment_key>/treatments/<slug:variant_key>/"

treatment_urls: list[URLPattern] = [
    path(TREATMENT, views.edit_treatment, name="treatment"),
    path(f"{TREATMENT}stage/", views.show_stage, name="treatment_stage"),
]
