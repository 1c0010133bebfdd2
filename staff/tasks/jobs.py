from celery import shared_task
from django.utils import timezone

# Services import tasks: their import inside a function is the one that is allowed.


@shared_task
def run_job_task(job_id: int) -> None:
    from staff.services.jobs import run_job

    run_job(job_id=job_id, at=timezone.now())


@shared_task
def revive_jobs_task() -> None:
    from staff.services.jobs import revive_jobs

    revive_jobs(at=timezone.now())


@shared_task
def expire_results_task() -> None:
    from staff.services.jobs import expire_results

    expire_results(at=timezone.now())
