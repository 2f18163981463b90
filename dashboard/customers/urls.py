"""The URLs of a store's customers."""

from django.urls import URLPattern, path

from dashboard.customers import views

customer_urls: list[URLPattern] = [
    path("customers/", views.customers, name="customers"),
    path("customers/<slug:store_slug>/count/", views.count, name="count_customers"),
    path("customers/<slug:store_slug>/figures.csv", views.export, name="export_customers"),
]
