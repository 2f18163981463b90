"""The URLs of offers."""

from django.urls import URLPattern, path

from dashboard.offers import views

offer_urls: list[URLPattern] = [
    path("offers/", views.offers, name="offers"),
    path("offers/analytics/", views.analytics, name="analytics"),
    path("offers/analytics.csv", views.export_analytics, name="export_analytics"),
    path("offers/price-rules/", views.price_rules, name="price_rules"),
    path("offers/new/", views.create, name="new_offer"),
    path("offers/products/", views.products, name="offer_products"),
    path("offers/<slug:store_slug>/<slug:offer_key>/", views.offer, name="offer"),
]
