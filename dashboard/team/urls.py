"""The URLs of a store's team."""

from django.urls import URLPattern, path

from dashboard.team import views

team_urls: list[URLPattern] = [
    path("team/", views.team, name="team"),
    path("team/members/<int:pk>/second-factor/", views.reset_second_factor, name="reset_second_factor"),
    path("team/approvals/", views.choose_rules, name="choose_approval_rules"),
]
