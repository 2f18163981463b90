"""The URLs of journeys."""

from django.urls import URLPattern, path

from dashboard.journeys import acts, approving, people, views

journey_urls: list[URLPattern] = [
    path("journeys/", views.journeys, name="journeys"),
    path("journeys/templates/", views.choose_template, name="journey_templates"),
    path("journeys/<slug:store_slug>/people/<int:pk>/", people.person, name="journey_person"),
    path("journeys/<slug:store_slug>/<slug:key>/", views.journey, name="journey"),
    path("journeys/<slug:store_slug>/<slug:key>/reach/", views.reach, name="journey_reach"),
    path("journeys/<slug:store_slug>/<slug:key>/steps/", acts.add_step, name="add_journey_step"),
    path("journeys/<slug:store_slug>/<slug:key>/steps/<slug:step_key>/", views.save_journey_step, name="journey_step"),
    path(
        "journeys/<slug:store_slug>/<slug:key>/steps/<slug:step_key>/remove/",
        acts.remove_step,
        name="remove_journey_step",
    ),
    path(
        "journeys/<slug:store_slug>/<slug:key>/approval/<slug:answer>/",
        approving.answer_approval,
        name="journey_approval",
    ),
    path("journeys/<slug:store_slug>/<slug:key>/<slug:act>/", acts.take_step, name="journey_act"),
]
