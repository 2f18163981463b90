"""The addresses of the pages that messages lead to."""

from django.urls import URLPattern, path

from journeys.pages.offers import offer_page, seen
from journeys.pages.preferences import preferences, unsubscribe
from journeys.pages.questions import question

urlpatterns: list[URLPattern] = [
    path("u/<str:token>", unsubscribe, name="message_unsubscribe"),
    path("p/<str:token>", preferences, name="message_preferences"),
    path("q/<str:token>", question, name="message_question"),
    path("seen/<str:token>", seen, name="message_seen"),
    path("<str:token>", offer_page, name="message_offer"),
]
