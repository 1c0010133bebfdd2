"""Whatever the clock is to begin is known to the workers: a task that is not would be discarded without a word."""

from config.celery import app


def test_every_task_of_the_schedule_is_known_to_the_workers():
    app.loader.import_default_modules()

    wanted = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert not wanted - set(app.tasks)
    assert "marketing.tasks.campaigns.send_campaign_task" in app.tasks
