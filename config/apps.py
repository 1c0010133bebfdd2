from django.apps import AppConfig, apps
from django.db import connections
from django.db.models.signals import post_migrate

from config.roles import sql


class ConfigConfig(AppConfig):
    name = "config"
    verbose_name = "Meridian"

    def ready(self):
        from config import checks  # noqa: F401  which register themselves

        # The signal comes once for each app that has models: one of them is enough.
        post_migrate.connect(grant, sender=apps.get_app_config("audit"))


def grant(using: str, plan: list | None = None, **kwargs) -> None:
    """Give the roles their rights after every `migrate`; emptying tables sends the same signal, without a plan."""
    if plan is not None:
        with connections[using].cursor() as cursor:
            cursor.execute(sql("grants"))
