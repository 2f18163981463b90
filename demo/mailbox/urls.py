"""The mailbox's pages."""

from django.urls import path

from demo.mailbox import views

app_name = "demo_mailbox"
urlpatterns = [
    path("", views.messages_received, name="messages"),
    path("clock/", views.next_day, name="next_day"),
    path("<str:key>/", views.message, name="message"),
    path("<str:key>/html/", views.html_part, name="html_part"),
    path("<str:key>/unsubscribe/", views.unsubscribe, name="unsubscribe"),
    path("<str:key>/scan/", views.scan, name="scan"),
]
