from django.urls import path

from incidents.views import activations, cases, plans

app_name = "incidents"
urlpatterns = [
    path("cases/", cases.case_list, name="case_list"),
    path("cases/new/", cases.case_create, name="case_create"),
    path("cases/<slug:reference>/", cases.case_detail, name="case_detail"),
    path("cases/<slug:reference>/note/", cases.case_note, name="case_note"),
    path("cases/<slug:reference>/assign/", cases.case_assign, name="case_assign"),
    path("cases/<slug:reference>/close/", cases.case_close, name="case_close"),
    path("plans/", plans.plan_list, name="plan_list"),
    path("plans/new/", plans.plan_create, name="plan_create"),
    path("plans/<slug:code>/", plans.plan_detail, name="plan_detail"),
    path("plans/<slug:code>/write/", plans.version_write, name="version_write"),
    path("plans/<slug:code>/activate/", activations.plan_activate, name="plan_activate"),
    path("boards/<int:pk>/", activations.activation_detail, name="activation_detail"),
    path("boards/<int:pk>/live/", activations.activation_board, name="activation_board"),
    path("boards/<int:pk>/write/", activations.activation_write, name="activation_write"),
    path("boards/<int:pk>/end/", activations.activation_end, name="activation_end"),
    path("steps/<int:pk>/take/", activations.step_take, name="step_take"),
    path("steps/<int:pk>/done/", activations.step_done, name="step_done"),
]
