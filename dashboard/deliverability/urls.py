"""The URL of a store's deliverability."""

from django.urls import URLPattern, path

from dashboard.deliverability import views

deliverability_urls: list[URLPattern] = [
    path("sender/deliverability/", views.deliverability, name="deliverability_of_chosen"),
    path("sender/<slug:store_slug>/deliverability/", views.deliverability_of, name="deliverability"),
]
