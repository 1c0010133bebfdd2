"""The schedule from the database, by a beat that gives signs of life."""

from django_celery_beat.schedulers import DatabaseScheduler

from config.health import note_beat


class LivingScheduler(DatabaseScheduler):
    """Beat calls `tick` at least every five seconds, so a sign in every tick means that tasks are queued in time."""

    def tick(self, *args, **kwargs):
        pause = super().tick(*args, **kwargs)
        note_beat()
        return pause
