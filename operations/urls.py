from django.urls import path

from operations.views import home, nightly

app_name = "operations"
urlpatterns = [
    path("", home.home, name="home"),
    path("nightly/", nightly.nightly_list, name="nightly_list"),
    path("nightly/start/", nightly.nightly_start, name="nightly_start"),
    path("nightly/<int:pk>/", nightly.nightly_detail, name="nightly_detail"),
    path("nightly/<int:pk>/live/", nightly.nightly_live, name="nightly_live"),
    path("nightly/<int:pk>/go-on/", nightly.nightly_go_on, name="nightly_go_on"),
]
