from django.urls import path

from identification.views import bow_ties, scenarios, self_assessments

app_name = "identification"
urlpatterns = [
    path("self-assessments/", self_assessments.round_list, name="round_list"),
    path("self-assessments/new/", self_assessments.round_create, name="round_create"),
    path("self-assessments/<slug:reference>/", self_assessments.round_detail, name="round_detail"),
    path("self-assessments/<slug:reference>/close/", self_assessments.round_close, name="round_close"),
    path(
        "self-assessments/<slug:reference>/<int:pk>/<slug:question>/tag/",
        self_assessments.answer_tag,
        name="answer_tag",
    ),
    path(
        "self-assessments/<slug:reference>/<int:pk>/<slug:question>/propose/",
        self_assessments.answer_propose,
        name="answer_propose",
    ),
    path(
        "self-assessments/<slug:reference>/questions/<slug:question>/propose/",
        self_assessments.question_propose,
        name="question_propose",
    ),
    path("scenarios/", scenarios.scenario_list, name="scenario_list"),
    path("scenarios/new/", scenarios.scenario_create, name="scenario_create"),
    path("scenarios/<slug:reference>/", scenarios.scenario_detail, name="scenario_detail"),
    path("scenarios/<slug:reference>/edit/", scenarios.scenario_edit, name="scenario_edit"),
    path("scenarios/<slug:reference>/revise/", scenarios.scenario_revise, name="scenario_revise"),
    path("scenarios/<slug:reference>/use/", scenarios.scenario_use, name="scenario_use"),
    path("scenarios/<slug:reference>/retire/", scenarios.scenario_retire, name="scenario_retire"),
    path("scenarios/<slug:reference>/outcome/", scenarios.scenario_outcome, name="scenario_outcome"),
    path("outcomes/<int:pk>/", scenarios.outcome_detail, name="outcome_detail"),
    path("outcomes/<int:pk>/propose/", scenarios.outcome_propose, name="outcome_propose"),
    path("bow-ties/new/", bow_ties.bow_tie_create, name="bow_tie_create"),
    path("bow-ties/<int:pk>/", bow_ties.bow_tie_detail, name="bow_tie_detail"),
    path("bow-ties/<int:pk>/edit/", bow_ties.bow_tie_edit, name="bow_tie_edit"),
    path("bow-ties/<int:pk>/<slug:part>/add/", bow_ties.part_add, name="part_add"),
    path("bow-ties/<int:pk>/<slug:part>/<int:way>/edit/", bow_ties.part_edit, name="part_edit"),
    path("bow-ties/<int:pk>/<slug:part>/<int:way>/remove/", bow_ties.part_remove, name="part_remove"),
    path("bow-ties/<int:pk>/<slug:part>/<int:way>/barrier/", bow_ties.barrier_add, name="barrier_add"),
    path("bow-ties/<int:pk>/<slug:part>/<int:way>/<int:barrier>/edit/", bow_ties.barrier_edit, name="barrier_edit"),
    path(
        "bow-ties/<int:pk>/<slug:part>/<int:way>/<int:barrier>/remove/",
        bow_ties.barrier_remove,
        name="barrier_remove",
    ),
]
