from typing import Any

from django.urls import path
from django.views.generic import TemplateView

app_name = "service"
urlpatterns: list[Any] = [
    path("complaints/<str:reference>/", TemplateView.as_view(template_name="404.html"), name="complaint_detail")
]
