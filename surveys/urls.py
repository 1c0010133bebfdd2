from django.urls import path

from surveys.views import answering, preview, questionnaires, responses, versions

app_name = "surveys"
urlpatterns = [
    path("", questionnaires.questionnaire_list, name="questionnaire_list"),
    path("new/", questionnaires.questionnaire_create, name="questionnaire_create"),
    path("answer/<str:token>/", answering.answer, name="answer"),
    path("responses/", responses.response_list, name="response_list"),
    path("responses/<int:pk>/", responses.response_detail, name="response_detail"),
    path("responses/<int:pk>/fill/", responses.response_fill, name="response_fill"),
    path("links/<int:pk>/revoke/", responses.invitation_revoke, name="invitation_revoke"),
    path("versions/<int:pk>/", versions.version_detail, name="version_detail"),
    path("versions/<int:pk>/preview/", preview.version_preview, name="version_preview"),
    path("versions/<int:pk>/texts/", versions.version_texts, name="version_texts"),
    path("versions/<int:pk>/bands/", versions.version_bands, name="version_bands"),
    path("versions/<int:pk>/publish/", versions.version_publish, name="version_publish"),
    path("versions/<int:pk>/questions/new/", versions.question_add, name="question_add"),
    path("versions/<int:pk>/questions/<slug:key>/", versions.question_edit, name="question_edit"),
    path("versions/<int:pk>/questions/<slug:key>/move/", versions.question_move, name="question_move"),
    path("versions/<int:pk>/questions/<slug:key>/remove/", versions.question_remove, name="question_remove"),
    path("<slug:code>/", questionnaires.questionnaire_detail, name="questionnaire_detail"),
    path("<slug:code>/version/", questionnaires.version_start, name="version_start"),
]
