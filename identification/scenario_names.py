"""How people call scenarios, outcomes and bow-ties: for the log, which knows keys alone."""

from collections.abc import Collection

from django.urls import reverse

from audit.records import Named, RecordNames, numbers, register_names
from identification.models import BowTie, Scenario, ScenarioOutcome, SelfAssessment


def find_scenario(text: str) -> int | None:
    return Scenario.objects.filter(reference=text.upper()).values_list("pk", flat=True).first()


def name_scenarios(keys: Collection[str]) -> Named:
    found = Scenario.objects.filter(pk__in=numbers(keys)).values_list("pk", "reference")
    return {
        str(pk): (reference, reverse("identification:scenario_detail", args=[reference])) for pk, reference in found
    }


def find_nothing(text: str) -> None:
    """Outcomes and bow-ties are called after their scenario and risk: they are reached from there."""


def name_outcomes(keys: Collection[str]) -> Named:
    found = ScenarioOutcome.objects.filter(pk__in=numbers(keys))
    return {
        str(pk): (f"{reference} {day}", reverse("identification:outcome_detail", args=[pk]))
        for pk, reference, day in found.values_list("pk", "revision__scenario__reference", "held_on")
    }


def name_bow_ties(keys: Collection[str]) -> Named:
    found = BowTie.objects.filter(pk__in=numbers(keys)).values_list("pk", "risk__reference")
    return {
        str(pk): (f"{reference} {pk}", reverse("identification:bow_tie_detail", args=[pk])) for pk, reference in found
    }


def find_round(text: str) -> int | None:
    return SelfAssessment.objects.filter(reference=text.upper()).values_list("pk", flat=True).first()


def name_rounds(keys: Collection[str]) -> Named:
    found = SelfAssessment.objects.filter(pk__in=numbers(keys)).values_list("pk", "reference")
    return {str(pk): (reference, reverse("identification:round_detail", args=[reference])) for pk, reference in found}


def register() -> None:
    register_names(RecordNames("identification_selfassessment", find_round, name_rounds))
    register_names(RecordNames("identification_scenario", find_scenario, name_scenarios))
    register_names(RecordNames("identification_scenariooutcome", find_nothing, name_outcomes))
    register_names(RecordNames("identification_bowtie", find_nothing, name_bow_ties))
