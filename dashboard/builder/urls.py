"""The URLs of a draft's page, and those that its sections had before."""

from django.urls import URLPattern, path

from dashboard.builder import treatment_views, views

TEST = "tests/<slug:store_slug>/<slug:experiment_key>/"
TREATMENT = f"{TEST}treatments/<slug:variant_key>/"
SECOND = f"{TREATMENT}after/<slug:after>/"

builder_urls: list[URLPattern] = [
    path(f"{TEST}launch/", views.build_test, name="launch"),
    path(f"{TEST}sections/<slug:section>/", views.save, name="save_section"),
    path(f"{TEST}audience/", views.old_address, name="audience"),
    path(TREATMENT, views.old_address, name="treatment"),
    path(f"{TREATMENT}stage/", treatment_views.show_stage, name="treatment_stage"),
    path(f"{TREATMENT}offer/", treatment_views.create_offer, name="treatment_offer"),
    path(f"{TREATMENT}products/", treatment_views.products, name="treatment_products"),
    path(SECOND, treatment_views.second_offer, name="second_offer"),
    path(f"{SECOND}stage/", treatment_views.show_stage, name="treatment_stage"),
    path(f"{SECOND}offer/", treatment_views.create_offer, name="treatment_offer"),
    path(f"{SECOND}products/", treatment_views.products, name="treatment_products"),
]
