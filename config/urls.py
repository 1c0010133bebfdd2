from django.conf.urls.i18n import i18n_patterns  # noqa: F401
from django.urls import include, path
from django.views.generic import RedirectView

from config import api, views
from marketing.views import public as marketing_public
from service.views import hooks

handler500 = "config.views.server_error"

urlpatterns = [
    path("", include("operations.urls")),
    # Administrators say which e-mail a person has: a second address would sign in and reset passwords too.
    path("accounts/email/", RedirectView.as_view(pattern_name="staff:profile"), name="account_email"),
    path("accounts/", include("allauth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("customers/", include("customers.urls")),
    path("products/", include("products.urls")),
    path("risk/", include("risk.urls")),
    path("identification/", include("identification.urls")),
    path("assessment/", include("assessment.urls")),
    path("governance/", include("governance.urls")),
    path("incidents/", include("incidents.urls")),
    path("assurance/", include("assurance.urls")),
    path("marketing/", include("marketing.urls")),
    path("help/", include("service.help_urls")),
    path("service/", include("service.urls")),
    path("chat/", include("service.chat_urls")),
    path("hooks/<slug:code>/", hooks.hook, name="hook"),
    path("hooks/providers/<slug:code>/", marketing_public.provider_hook, name="provider_hook"),
    path("l/<slug:code>/", marketing_public.link, name="short_link"),
    path("l/<slug:code>/<slug:token>/", marketing_public.link, name="short_link_of"),
    path("u/<str:token>/", marketing_public.unsubscribe, name="unsubscribe"),
    path("o/<str:token>.gif", marketing_public.opened, name="message_opened"),
    path("staff/", include("staff.urls")),
    path("surveys/", include("surveys.urls")),
    path("audit/", include("audit.urls")),
    path("api/v1/", include((api.urlpatterns, "api"))),
    path("palette/", views.palette, name="palette"),
    path("favicon.ico", views.favicon),
]
