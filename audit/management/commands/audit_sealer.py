import signal
import threading
import time

import psycopg
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand
from django.db import DatabaseError, close_old_connections, connection
from django.utils import timezone

from audit import connections
from audit.services.sealing import seal_all

LONGEST_PAUSE = 30.0


class Command(BaseCommand):
    help = "Seal the log every second, until SIGTERM. Run one; a second one waits for the first to end."

    def handle(self, *args, **options):
        self.stopping = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stopping.set())
        self.failures, self.said = 0, ""
        pause = 0.0
        while not self.stopping.wait(pause):
            pause = self.seal_once()
        connections.close()
        connection.close()

    def seal_once(self) -> float:
        """Seal what there is; return the seconds until the next time, more where it failed again and again."""
        begun = time.monotonic()
        try:
            seal_all(at=timezone.now())
        except (DatabaseError, psycopg.Error, ValidationError, OSError) as error:
            return self.failed(error)
        if self.said:
            self.say("Sealing works again.")
        self.failures, self.said = 0, ""
        return max(0.05, settings.SEAL_SECONDS - (time.monotonic() - begun))

    def failed(self, error: Exception) -> float:
        """Say once what is wrong, and try again later and later: nothing is lost while events wait."""
        words = " ".join(error.messages) if isinstance(error, ValidationError) else str(error).strip().split("\n")[0]
        if words != self.said:
            self.say(f"Sealing failed, and is tried again: {words}")
            self.said = words
        self.failures += 1
        connections.close()
        close_old_connections()
        return min(settings.SEAL_SECONDS * 2**self.failures, LONGEST_PAUSE)

    def say(self, text: str) -> None:
        self.stderr.write(text)
        self.stderr.flush()
