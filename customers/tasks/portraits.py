from celery import shared_task

# Services import tasks: their import inside a function is the one that is allowed.


@shared_task
def redraw_portraits_task() -> None:
    """Bring portraits up to date for the business date that they stand at, after something great was changed by day."""
    from customers.services.portraits import redraw_portraits

    redraw_portraits()
