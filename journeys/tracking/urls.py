"""Where mail providers say what became of messages."""

from django.urls import URLPattern, path

from journeys.tracking.views import message_events

urlpatterns: list[URLPattern] = [path("v1/message-events/<slug:provider>", message_events, name="message_events")]
