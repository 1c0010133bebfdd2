from django.urls import path

from operations.views import home

app_name = "operations"
urlpatterns = [
    path("", home.home, name="home"),
]
