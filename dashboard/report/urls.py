"""The URLs of a test's report, and of what can be done with it."""

from django.urls import URLPattern, path, re_path

from dashboard.report import actions, views
from dashboard.report.part import views as part_views

REPORT = "tests/<slug:store_slug>/<slug:experiment_key>/"

report_urls: list[URLPattern] = [
    path(REPORT, views.report, name="report"),
    path(f"{REPORT}findings/", views.findings, name="findings"),
    path(f"{REPORT}part/", part_views.part, name="report_part"),
    re_path(
        r"^tests/(?P<store_slug>[-\w]+)/(?P<experiment_key>[-\w]+)/part/export\.(?P<kind>csv|json)$",
        part_views.export_part,
        name="export_part",
    ),
    path(f"{REPORT}export/<slug:table>.csv", views.export_csv, name="export_csv"),
    path(f"{REPORT}export/report.json", views.export_json, name="export_json"),
    path(f"{REPORT}steps/<slug:step_name>/", actions.take_step, name="take_step"),
    path(f"{REPORT}share/", actions.share, name="share"),
    path(f"{REPORT}share/<slug:key>/revoke/", actions.unshare, name="unshare"),
    path("shared/<str:token>/", views.shared, name="shared"),
    path("shared/<str:token>/shown/<slug:variant_key>/", views.shared_shown, name="shared_shown"),
]
