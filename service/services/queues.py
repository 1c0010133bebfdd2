"""Queues and agents as leads keep them."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import name_act
from service.models import Agent, Queue, QueueMember
from service.rules.tags import tidy_tags
from staff.models import User


@transaction.atomic
def save_queue(*, actor: User, queue: Queue) -> Queue:
    """Keep a queue."""
    name_act("service.queue.changed" if queue.pk else "service.queue.made")
    queue.skills = tidy_tags(queue.skills)
    queue.save()
    return queue


@transaction.atomic
def save_agent(*, actor: User, agent: Agent, queues: Iterable[Queue]) -> Agent:
    """Keep an agent and the queues that they work in; only somebody who answers tickets is one."""
    if not agent.user.has_perm("service.answer_ticket"):
        raise ValidationError({"user": _("%(person)s does not answer tickets.") % {"person": agent.user}})
    name_act("service.agent.changed" if agent.pk else "service.agent.made")
    agent.skills = tidy_tags(agent.skills)
    agent.save()
    wanted = {queue.pk for queue in queues}
    standing = set(agent.queues.values_list("queue_id", flat=True))
    agent.queues.filter(queue__in=standing - wanted).delete()
    QueueMember.objects.bulk_create([QueueMember(queue_id=pk, agent=agent) for pk in sorted(wanted - standing)])
    return agent
