from django.db import migrations

from audit.operations import AuditTable


class Migration(migrations.Migration):
    """Every table of the desk under the log. What people write is personal there, as it may name anybody."""

    dependencies = [("service", "0001_initial"), ("audit", "0001_initial")]

    operations = [
        AuditTable("service_queue"),
        AuditTable("service_agent"),
        AuditTable("service_queuemember"),
        AuditTable("service_ticket", personal=["subject", "contact"]),
        AuditTable("service_ticketmessage", personal=["text"]),
        AuditTable("service_messagefile", personal=["name"]),
    ]
