from django.db import migrations

from audit.operations import AuditTable


class Migration(migrations.Migration):
    """The log covers the tables of third-party apps too. Those that hold no business fact are in
    `audit/treatments.py`."""

    initial = True
    run_before = [("staff", "0002_roles")]  # which makes the groups: the log has to know that they were added
    dependencies = [
        ("audit", "0001_initial"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("django_celery_beat", "0019_alter_periodictasks_options"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]
    operations = [
        AuditTable("auth_group"),
        AuditTable("auth_group_permissions"),
        AuditTable("auth_permission"),
        AuditTable("django_content_type"),
        AuditTable("account_emailaddress", personal=["email"]),
        AuditTable("account_emailconfirmation", withheld=["key"]),
        # `data` holds TOTP secrets, recovery-code seeds and public keys.
        AuditTable("mfa_authenticator", withheld=["data"]),
        # Beat counts its runs in the schedule's own row, every time it sends one.
        AuditTable("django_celery_beat_periodictask", ignored=["last_run_at", "total_run_count", "date_changed"]),
        AuditTable("django_celery_beat_crontabschedule"),
        AuditTable("django_celery_beat_intervalschedule"),
        AuditTable("django_celery_beat_solarschedule"),
        AuditTable("django_celery_beat_clockedschedule"),
    ]
