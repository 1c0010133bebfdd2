from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    name = "audit"
    verbose_name = _("Audit")

    def ready(self):
        """Hook into what is not ours to call from: connections, workers, sign-in. Our own services call `emit`
        themselves."""
        from django.db.backends.signals import connection_created

        from audit import celery, signin
        from audit.context import mirror_on_connect

        connection_created.connect(mirror_on_connect, dispatch_uid="audit.mirror")
        celery.connect()
        signin.connect()
