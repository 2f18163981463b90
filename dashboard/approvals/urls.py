"""The URLs of requests for approval."""

from django.urls import URLPattern, path

from dashboard.approvals import views

APPROVAL = "tests/<slug:store_slug>/<slug:experiment_key>/approvals/<int:pk>/"

approval_urls: list[URLPattern] = [
    path(f"{APPROVAL}withdraw/", views.withdraw, name="withdraw_approval"),
    path(f"{APPROVAL}take/", views.take_approved, name="take_approved"),
    path(f"{APPROVAL}approve/", views.approve, name="approve"),
    path(f"{APPROVAL}decline/", views.decline, name="decline"),
]
