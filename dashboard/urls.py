"""The dashboard's URLs."""

from django.urls import URLPattern, path

from dashboard import views
from dashboard.account.urls import account_urls
from dashboard.annotations.urls import annotation_urls
from dashboard.approvals.urls import approval_urls
from dashboard.builder.urls import builder_urls
from dashboard.contact_files.urls import contact_file_urls
from dashboard.contacts.urls import contact_urls
from dashboard.custom_metrics.urls import custom_metric_urls
from dashboard.customers.urls import customer_urls
from dashboard.deliverability.urls import deliverability_urls
from dashboard.discussion.urls import discussion_urls
from dashboard.forgotten_password.urls import password_urls
from dashboard.gallery.views import frame, gallery
from dashboard.glossary.views import glossary
from dashboard.invitations.urls import invitation_urls
from dashboard.journeys.urls import journey_urls
from dashboard.launch.urls import launch_urls
from dashboard.message_preview.urls import message_preview_urls
from dashboard.moments.views import moments
from dashboard.offers.urls import offer_urls
from dashboard.overview.views import overview
from dashboard.pairs.urls import pair_urls
from dashboard.passkeys.urls import passkey_urls
from dashboard.planner.views import planner
from dashboard.playbook.views import playbook
from dashboard.preview.urls import preview_urls
from dashboard.question.urls import question_urls
from dashboard.report.urls import report_urls
from dashboard.sender.urls import sender_urls
from dashboard.setup.urls import setup_urls
from dashboard.single_sign_on.urls import sign_on_urls
from dashboard.stages.urls import stage_urls
from dashboard.team.urls import team_urls

app_name = "dashboard"
urlpatterns: list[URLPattern] = [
    path("", overview, name="home"),
    path("tests/", views.experiments, name="experiments"),
    *account_urls,
    *annotation_urls,
    *approval_urls,
    *discussion_urls,
    *invitation_urls,
    *passkey_urls,
    *sign_on_urls,
    *password_urls,
    *contact_urls,
    *contact_file_urls,
    *custom_metric_urls,
    *customer_urls,
    *message_preview_urls,  # before the journeys, whose last address takes any act
    *journey_urls,
    *launch_urls,
    *builder_urls,
    *preview_urls,
    *pair_urls,  # before the offers, whose last address takes any two words
    *offer_urls,
    *report_urls,
    path("moments/", moments, name="moments"),
    path("planner/", planner, name="planner"),
    path("playbook/", playbook, name="playbook"),
    path("widgets/", gallery, name="gallery"),
    path("widgets/frame/", frame, name="gallery_frame"),
    *setup_urls,
    *sender_urls,
    *question_urls,
    *stage_urls,
    *deliverability_urls,
    *team_urls,
    path("glossary/", glossary, name="glossary"),
]
