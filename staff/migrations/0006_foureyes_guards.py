from django.db import migrations

from staff.operations import GuardedColumns, SeedPolicy

ACCOUNTS = ["staff.user.create", "staff.user.change"]


class Migration(migrations.Migration):
    """Who approves changes of accounts, and the columns that nothing else writes."""

    dependencies = [
        ("staff", "0005_foureyes_change_requests"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]
    operations = [
        SeedPolicy("staff.user.create", "staff.check_account"),
        SeedPolicy("staff.user.change", "staff.check_account"),
        SeedPolicy("staff.user.deactivate", "staff.check_account", break_glass=True, expiry_hours=24,
                   remind_after_hours=2, escalate_after_hours=4),
        SeedPolicy("staff.user.activate", "staff.check_account"),
        SeedPolicy("staff.mfa.reset", "staff.check_account", break_glass=True, expiry_hours=24, remind_after_hours=2,
                   escalate_after_hours=4),
        SeedPolicy("staff.policy.change", "staff.check_policy", approvals=2, escalate_to="management"),
        GuardedColumns(
            "staff_user",
            ["email", "is_active", "business_lines", "regions"],
            command=[*ACCOUNTS, "staff.user.deactivate", "staff.user.activate"],
        ),
        GuardedColumns("staff_user_groups", ["user_id", "group_id"], command=ACCOUNTS, on=["insert", "update", "delete"]),
        # Permissions of one person alone: no command gives any, so only the database's owner does.
        GuardedColumns("staff_user_user_permissions", ["user_id", "permission_id"], command=[],
                       on=["insert", "update"]),
        GuardedColumns("mfa_authenticator", ["user_id", "type"], command="staff.mfa.reset", on=["delete"],
                       own="user_id"),
        GuardedColumns(
            "staff_changepolicy",
            ["command", "starts_at", "check_permission", "approvals", "bands", "expiry_hours", "remind_after_hours",
             "escalate_after_hours", "escalate_to", "break_glass"],
            command="staff.policy.change",
            on=["insert"],
        ),
    ]  # fmt: skip
