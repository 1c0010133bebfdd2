from datetime import date
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from audit.services import name_act
from risk.models import LoanClassRule

SQL = Path(__file__).parent.parent / "sql" / "grade_loans.sql"
FALLBACK = "CN"


@transaction.atomic
def grade_loans(*, business_date: date, run_id: int | None) -> int:
    """Class every loan granted by `business_date` and return how many grades were written: the new and the changed
    ones.

    Days past due come from the instalments where payments are on record, else from what the source reports; classes
    from the rules in force for the product's jurisdiction, else for CN. `docs/risk.md` says how each case is judged.
    Raises ValidationError where no rule is in force.
    """
    in_force = LoanClassRule.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=business_date),
        jurisdiction=FALLBACK,
        valid_from__lte=business_date,
        days_from=0,
    )
    if not in_force.exists():
        raise ValidationError(
            _("No loan class rule for %(law)s is in force on %(day)s that begins at 0 days: add one.")
            % {"law": FALLBACK, "day": business_date}
        )
    name_act("risk.loan_grade.computed")
    with connection.cursor() as cursor:
        cursor.execute(SQL.read_text(), {"day": business_date, "run": run_id})
        return cursor.rowcount
