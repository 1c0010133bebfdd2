from django.db import migrations

from audit.operations import AuditTable

ROLES = [
    "service",
    "service_lead",
    "product",
    "marketing",
    "risk",
    "compliance",
    "internal_audit",
    "management",
    "administrator",
]


def make_roles(apps, schema_editor):
    group = apps.get_model("auth", "Group")
    for name in ROLES:
        group.objects.get_or_create(name=name)


class Migration(migrations.Migration):
    dependencies = [
        ("staff", "0001_initial"),
        ("audit", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]
    operations = [
        AuditTable("staff_user", personal=["email", "full_name"], withheld=["password"], ignored=["last_login"]),
        AuditTable("staff_user_groups"),
        AuditTable("staff_user_user_permissions"),
        AuditTable("staff_team"),
        AuditTable("staff_team_members"),
        AuditTable("staff_job", ignored=["done", "total", "sentence", "beat_at"]),
        AuditTable("staff_notification"),
        AuditTable("staff_notificationpreference"),
        AuditTable("staff_savedview"),
        migrations.RunPython(make_roles, migrations.RunPython.noop, elidable=False),
    ]
