"""The URLs of invitations."""

from django.urls import URLPattern, path

from dashboard.invitations import views

invitation_urls: list[URLPattern] = [
    path("team/invitations/", views.invite, name="invite"),
    path("team/invitations/<int:pk>/revoke/", views.revoke, name="revoke_invitation"),
    path("invitations/<str:token>/", views.invitation, name="invitation"),
]
