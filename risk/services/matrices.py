"""Matrices in versions: drafted, mapped from the one in force, agreed by two people, and put in force on their day."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import name_act
from risk.models import MatrixMapping, RiskMatrix, RiskMatrixCell
from risk.rules.ratings import Place
from risk.services.register import matrix_in_force
from staff.models import ChangeRequest, User
from staff.services.changes import propose

SQL = (Path(__file__).parent.parent / "sql" / "map_ratings.sql").read_text()
LARGEST = 10


@transaction.atomic
def draft_matrix(
    *, actor: User, likelihoods: Sequence[str], impacts: Sequence[str], cells: Mapping[Place, tuple[int, str]]
) -> RiskMatrix:
    """Write the next version as a draft: words lowest first, and (score, level) for every place, none left out."""
    for words in (likelihoods, impacts):
        if not 2 <= len(words) <= LARGEST or len(set(words)) < len(words):
            raise ValidationError(_("Give from 2 to %(most)s different words for each side.") % {"most": LARGEST})
    wanted = {(row, column) for row in range(1, len(likelihoods) + 1) for column in range(1, len(impacts) + 1)}
    if wanted != set(cells):
        raise ValidationError(_("Give a score and a level for every place of the matrix, and for no other."))
    name_act("risk.matrix.drafted")
    newest = RiskMatrix.objects.select_for_update().order_by("-version").first()
    matrix = RiskMatrix.objects.create(
        version=newest.version + 1 if newest else 1, likelihood_labels=list(likelihoods), impact_labels=list(impacts)
    )
    RiskMatrixCell.objects.bulk_create(
        RiskMatrixCell(matrix=matrix, likelihood=row, impact=column, score=score, level=level)
        for (row, column), (score, level) in cells.items()
    )
    return matrix


@transaction.atomic
def map_matrix(*, actor: User, matrix_id: int, places: Mapping[Place, Place], at: datetime) -> int:
    """Decide where every place of the matrix in force goes in a draft. A place left out or outside is refused."""
    matrix = _draft(matrix_id)
    old = matrix_in_force(timezone.localdate(at))
    _check_places(places, old, matrix)
    name_act("risk.matrix.mapped")
    matrix.mappings.all().delete()
    made = MatrixMapping.objects.bulk_create(
        MatrixMapping(
            matrix=matrix,
            old_matrix=old,
            old_likelihood=old_place[0],
            old_impact=old_place[1],
            likelihood=place[0],
            impact=place[1],
            decided_by=actor,
        )
        for old_place, place in places.items()
    )
    return len(made)


def checked_matrix(*, matrix_id: int, day: date) -> RiskMatrix:
    """Return a draft that may come into force on `day`; ValidationError while old places have no new ones."""
    matrix = RiskMatrix.objects.get(pk=matrix_id)
    if matrix.in_force_from is not None:
        raise ValidationError(_("This matrix is agreed already."))
    if day < timezone.localdate():
        raise ValidationError({"day": _("A matrix comes into force today or later.")})
    old = matrix_in_force(day)
    mapped = matrix.mappings.filter(old_matrix=old).values_list("old_likelihood", "old_impact")
    if left := sorted(set(old.cells.values_list("likelihood", "impact")) - set(mapped)):
        raise ValidationError(
            _("Say first where these places of matrix %(matrix)s go: %(places)s.")
            % {"matrix": old, "places": ", ".join(f"{row} × {column}" for row, column in left)}
        )
    return matrix


def propose_matrix(*, actor: User, matrix_id: int, day: date, reason: str, at: datetime) -> ChangeRequest:
    """Ask that a draft comes into force on `day`; somebody else agrees."""
    arguments = {"matrix_id": checked_matrix(matrix_id=matrix_id, day=day).pk, "in_force_from": day.isoformat()}
    return propose(actor=actor, command="risk.matrix.in_force", arguments=arguments, reason=reason, at=at)


@transaction.atomic
def put_in_force(*, actor: User, matrix_id: int, day: date, reason: str) -> RiskMatrix:
    """Let a matrix begin on `day`, as two people agreed; ratings follow at once where the day has come."""
    matrix = checked_matrix(matrix_id=matrix_id, day=day)
    name_act("risk.matrix.in_force", reason=reason)
    matrix.in_force_from = day
    matrix.save(update_fields=["in_force_from"])
    express_ratings(business_date=timezone.localdate())
    return matrix


@transaction.atomic
def express_ratings(*, business_date: date) -> int:
    """Give every open risk that is rated under the matrix before the one in force new ratings, by the mapping of the
    two; return how many. A second run finds none left. Ratings under matrices without a mapping stay as they are."""
    name_act("risk.matrix.mapped")
    matrix = matrix_in_force(business_date)
    with connection.cursor() as cursor:
        cursor.execute(SQL, {"matrix": matrix.pk, "reason": f"v{matrix.version}", "at": timezone.now()})
        (count,) = cursor.fetchone()
    return count


def _draft(matrix_id: int) -> RiskMatrix:
    matrix = RiskMatrix.objects.select_for_update().get(pk=matrix_id)
    if matrix.in_force_from is not None:
        raise ValidationError(_("This matrix is agreed already."))
    return matrix


def _check_places(places: Mapping[Place, Place], old: RiskMatrix, new: RiskMatrix) -> None:
    wanted = set(old.cells.values_list("likelihood", "impact"))
    if set(places) != wanted:
        raise ValidationError(_("Say for every place of matrix %(matrix)s where it goes.") % {"matrix": old})
    if outside := set(places.values()) - set(new.cells.values_list("likelihood", "impact")):
        row, column = min(outside)
        raise ValidationError(
            _("%(place)s is no place of matrix %(matrix)s.") % {"place": f"{row} × {column}", "matrix": new}
        )
