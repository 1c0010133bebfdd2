"""Meridian's settings with Django's admin beside them, for the benchmark of lists alone."""

from config.settings import *  # noqa: F403

INSTALLED_APPS = ["django.contrib.admin", *INSTALLED_APPS]  # noqa: F405
ROOT_URLCONF = "bench.admin_urls"
WSGI_APPLICATION = "bench.admin_urls.application"
SILENCED_SYSTEM_CHECKS = ["admin.E403", "admin.E404", "admin.E410", *SILENCED_SYSTEM_CHECKS]  # noqa: F405
TEMPLATES = [
    *TEMPLATES,  # noqa: F405
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "NAME": "admin",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    },
]
# The admin's own files are not collected; their addresses are all that is needed.
STATICFILES = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
STORAGES = {**STORAGES, "staticfiles": STATICFILES}  # noqa: F405
