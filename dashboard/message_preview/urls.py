"""The URLs of a message's preview."""

from django.urls import URLPattern, path

from dashboard.message_preview import views

STEP = "journeys/<slug:store_slug>/<slug:key>/steps/<slug:step_key>"
message_preview_urls: list[URLPattern] = [
    path(f"{STEP}/preview/", views.message_preview, name="message_preview"),
    path(f"{STEP}/preview/frame/", views.frame, name="message_preview_frame"),
]
