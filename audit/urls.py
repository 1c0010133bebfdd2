from django.urls import path

from audit import views

app_name = "audit"
urlpatterns = [
    path("", views.event_list, name="event_list"),
    path("<int:pk>/", views.event_detail, name="event_detail"),
    path("explain/<slug:subject>/<str:record>/<slug:figure>/", views.explain, name="explain"),
    path("printed/", views.page_printed, name="page_printed"),
    path("history/<str:table>/<str:pk>/", views.record_history, name="record_history"),
]
