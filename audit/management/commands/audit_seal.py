from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from audit.services.sealing import seal_all
from audit.services.state import sealing_state


class Command(BaseCommand):
    help = "Seal every event whose order is settled, now. Safe beside a running sealer."

    def handle(self, *args, **options):
        try:
            sealed = seal_all(at=timezone.now())
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        state = sealing_state(at=timezone.now())
        self.stdout.write(f"{sealed} events sealed; the log has {state.sealed_size}, {state.waiting.rows} wait.")
        for part in state.parts:
            if part.standing != "ok":
                self.stdout.write(f"{part.name}: {part.sentence}")
