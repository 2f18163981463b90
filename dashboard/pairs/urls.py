"""The URLs of product pairs."""

from django.urls import URLPattern, path

from dashboard.pairs import views

STORE = "offers/pairs/<slug:store_slug>/"

pair_urls: list[URLPattern] = [
    path("offers/pairs/", views.pairs, name="pairs"),
    path(f"{STORE}count/", views.count, name="count_pairs"),
    path(f"{STORE}<int:pk>/", views.product_pairs, name="product_pairs"),
    path(f"{STORE}choices/<int:pk>/release/", views.release, name="release_pair"),
]
