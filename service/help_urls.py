from django.urls import path

from service.views import help as views

app_name = "help"
urlpatterns = [
    path("", views.index, name="index"),
    path("<slug:code>/", views.article, name="article"),
    path("<slug:code>/vote/", views.article_vote, name="vote"),
]
