"""The URLs of what is written about a test."""

from django.urls import URLPattern, path

from dashboard.discussion import views

TEST = "tests/<slug:store_slug>/<slug:experiment_key>/"

discussion_urls: list[URLPattern] = [
    path(f"{TEST}comments/", views.write_comment, name="write_comment"),
    path(f"{TEST}comments/<int:pk>/remove/", views.remove_comment, name="remove_comment"),
    path(f"{TEST}owner/", views.describe_test, name="describe_test"),
]
