from celery import shared_task
from django.utils import timezone

# Services import tasks: their import inside a function is the one that is allowed.


@shared_task
def watch_documents_task() -> None:
    from customers.services.kyc_watch import watch_documents

    watch_documents(at=timezone.now())


@shared_task
def rate_customers_task() -> None:
    from customers.services.enhanced_reviews import open_due_enhanced
    from customers.services.kyc_profiles import rate_customers
    from customers.services.kyc_reviews import open_due_reviews

    rate_customers(at=timezone.now())
    open_due_reviews(at=timezone.now())
    open_due_enhanced(at=timezone.now())


@shared_task
def screen_new_customers_task() -> None:
    from customers.services.screening import screen_customers

    screen_customers(at=timezone.now(), only_new=True)


@shared_task
def screen_changed_customers_task() -> None:
    from customers.services.screening import screen_customers

    screen_customers(at=timezone.now(), most=10_000_000)
