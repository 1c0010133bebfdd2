from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models
from django.db.models import Q

OPEN = Q(closed_at=None, resolved_at=None, merged_into=None)


class Migration(migrations.Migration):
    """Queues by deadline are counted in their index alone. Built beside the work that goes on."""

    atomic = False

    dependencies = [
        ("service", "0013_outlets"),
    ]

    operations = [
        RemoveIndexConcurrently("ticket", "ticket_mine"),
        AddIndexConcurrently("ticket", models.Index("assignee", "due_at", "id", condition=OPEN, name="ticket_mine")),
        RemoveIndexConcurrently("ticket", "ticket_in_queue"),
        AddIndexConcurrently("ticket", models.Index("queue", "due_at", "id", condition=OPEN, name="ticket_in_queue")),
        RemoveIndexConcurrently("ticket", "ticket_due"),
        AddIndexConcurrently("ticket", models.Index("due_at", "id", condition=OPEN, name="ticket_due")),
        AddIndexConcurrently(
            "ticket",
            models.Index("due_at", "id", condition=OPEN & Q(assignee=None), name="ticket_unassigned"),
        ),
        AddIndexConcurrently(
            "ticket",
            models.Index(
                fields=["assignee", "resolved_at"],
                include=["first_contact"],
                condition=Q(resolved_at__isnull=False),
                name="ticket_resolved_by",
            ),
        ),
    ]
