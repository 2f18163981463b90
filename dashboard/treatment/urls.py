"""The URLs of what a treatment shows."""

from django.urls import URLPattern, path

from dashboard.treatment import new_offer, views

TREATMENT = "tests/<slug:store_slug>/<slug:experiment_key>/treatments/<slug:variant_key>/"

treatment_urls: list[URLPattern] = [
    path(TREATMENT, views.edit_treatment, name="treatment"),
    path(f"{TREATMENT}stage/", views.show_stage, name="treatment_stage"),
    path(f"{TREATMENT}offer/", new_offer.new_offer, name="treatment_offer"),
    path(f"{TREATMENT}products/", new_offer.products, name="treatment_products"),
]
