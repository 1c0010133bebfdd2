"""Assessments of the demo company: a published questionnaire, what customers answered, and what they may withdraw from."""

from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from django.utils import timezone

from customers.models import Customer, CustomerKind, SuitabilityResult, SuitabilityRule
from customers.rules.deadlines import span_after
from customers.rules.suitability import age_on
from customers.services.cooling_off import open_cooling_offs
from customers.services.suitability_checks import record_check
from operations.demo.movements import at_time
from operations.demo.questions import DOCUMENT
from products.models import Product
from staff.models import User
from staff.services.changes import approve, execute_approved
from surveys.models import Answer, Invitation, Questionnaire, QuestionnaireVersion, Response
from surveys.rules.branching import shown_questions
from surveys.rules.definitions import Definition, Question, hash_of, hash_of_question
from surveys.rules.patterns import signs_in
from surveys.rules.scoring import band_of, score_of
from surveys.services.questionnaires import propose_publishing

LANGUAGE = "zh-hans"
PURPOSE = "suitability"
MOST = 400  # assessed customers; more would show no more
CHECKED = 12
EVERY = 8  # of the assessed, one in so many is filled in by the desk


def make_suitability(
    customers: list[Customer],
    people: dict[str, User],
    products: dict[str, Product],
    *,
    last: date,
    now: datetime,
    random: np.random.Generator,
) -> None:
    """A questionnaire in force and the next draft, assessments of up to 400 people, some expired, one that waits for a
    look, orders that were checked, and the cooling-off periods that run."""
    version = _questionnaire(people, last, now)
    persons = [one for one in customers if one.kind == CustomerKind.INDIVIDUAL][: MOST + MOST // 4]
    assessed = [one for one in persons if random.random() < 0.8][:MOST]
    desk = [people[word] for word in ("service", "service2", "service3")]
    responses = _responses(assessed, version, desk, last=last, random=random)
    _results(assessed, responses)
    for customer in assessed[:CHECKED]:
        for code in ("bond-select", "tech-growth"):
            record_check(actor=desk[0], customer_id=customer.pk, product_code=products[code].code, use="order", at=now)
    _invitations(persons[-3:], version, desk[0], now)
    open_cooling_offs(at=at_time(last, 600))


def _questionnaire(people: dict[str, User], last: date, now: datetime) -> QuestionnaireVersion:
    published = at_time(last - timedelta(days=500), 60)
    made = Questionnaire.objects.create(
        code="risk-tolerance",
        name="Risk tolerance of private investors",
        purpose=PURPOSE,
        owner=people["product"],
        created_at=published,
    )
    version = QuestionnaireVersion.objects.create(
        questionnaire=made, number=1, document=DOCUMENT, created_at=published, created_by=people["product"]
    )
    # Asked and agreed in this very moment, as no request of the past could be; in force since the company's beginning.
    request = propose_publishing(
        actor=people["product"], version_id=version.pk, reason="The guideline asks for it", at=now
    )
    approve(actor=people["management"], request_id=request.pk, comment="As discussed", at=now)
    execute_approved(request_id=request.pk, at=published)
    draft = {**DOCUMENT, "reliability": {"least_seconds": 3, "same_place": 7}}
    QuestionnaireVersion.objects.create(
        questionnaire=made, number=2, document=draft, created_at=at_time(last, 30), created_by=people["product"]
    )
    return QuestionnaireVersion.objects.get(pk=version.pk)


def _responses(
    assessed: list[Customer],
    version: QuestionnaireVersion,
    desk: list[User],
    *,
    last: date,
    random: np.random.Generator,
) -> list[Response]:
    """Responses with their answers, written open and then handed in, as the triggers of evidence ask."""
    definition = version.definition
    responses = [_begun(number, one, version, desk, last, random) for number, one in enumerate(assessed)]
    Response.objects.bulk_create(responses, batch_size=500)
    answers: list[Answer] = []
    odd = max(responses, key=lambda one: one.started_at)
    for customer, response in zip(assessed, responses, strict=True):
        age = age_on(timezone.localdate(response.started_at), customer.birth_date) or 40
        given = _answers(definition, response, (25 if age > 50 else 65) if response is odd else age, random)
        answers += given
        _judge(definition, response, given)
        if response is odd:
            response.signs.append({"code": "age_differs"})
    Answer.objects.bulk_create(answers, batch_size=2_000)
    fields = ["submitted_at", "texts_sha256", "answers_sha256", "score", "band", "signs"]
    Response.objects.bulk_update(responses, fields, batch_size=500)
    return responses


def _begun(
    number: int,
    customer: Customer,
    version: QuestionnaireVersion,
    desk: list[User],
    last: date,
    random: np.random.Generator,
) -> Response:
    known = min(max((last - customer.joined_on).days, 1), 480)
    at = at_time(last - timedelta(days=int(random.integers(0, known))), number)
    by_desk = number % EVERY == 0
    return Response(
        version=version,
        purpose=PURPOSE,
        subject=customer.pk,
        channel="staff" if by_desk else "link",
        language=LANGUAGE,
        started_at=at,
        filled_by=desk[number % len(desk)] if by_desk else None,
        address_hash=hash_of([number]),
    )


def _answers(definition: Definition, response: Response, age: int, random: np.random.Generator) -> list[Answer]:
    """Answers of somebody with a taste for risk between 0 and 1, who answers most questions by it."""
    taste, said, given, at = float(random.beta(2, 2)), {}, [], response.started_at
    for question in definition.questions:
        if question not in shown_questions(definition.questions, said):
            continue
        shown_at, at = at, at + timedelta(seconds=float(random.uniform(4, 25)))
        said[question.key] = _chosen(question, taste, age, random)
        given.append(
            Answer(
                response=response,
                question=question.key,
                value=said[question.key],
                language=LANGUAGE,
                text_sha256=hash_of_question(question, LANGUAGE),
                shown_at=shown_at,
                answered_at=at,
            )
        )
    response.submitted_at = at + timedelta(seconds=20)
    return given


def _chosen(question: Question, taste: float, age: int, random: np.random.Generator) -> Any:
    if question.kind == "text":
        return None
    if question.about == "age":
        fits = [one.key for one in question.options if (one.low or 0) <= age <= (one.high or 200)]
        return (fits or [question.options[0].key])[0]
    if question.about == "income":
        return question.options[0].key if taste < 0.6 else question.options[1].key
    place = int(np.clip(round((taste + random.normal(0, 0.18)) * (len(question.options) - 1)), 0, 9))
    keys = [one.key for one in question.options]
    place = min(place, len(keys) - 1)
    return keys[: place + 1] if question.kind == "multiple" else keys[place]


def _judge(definition: Definition, response: Response, given: list[Answer]) -> None:
    answers = {one.question: one.value for one in given}
    band = band_of(definition, answers)
    assert band is not None
    response.score, response.band = score_of(definition, answers), band.code
    response.texts_sha256 = hash_of({one.question: one.text_sha256 for one in given})
    response.answers_sha256 = hash_of(answers)
    signs = signs_in(definition, answers, [one.seconds for one in given])
    response.signs = [{"code": sign.code, **sign.values} for sign in signs]


def _results(assessed: list[Customer], responses: list[Response]) -> None:
    """A class for each; the newest one waits for a look."""
    rule = SuitabilityRule.objects.get(code="validity", jurisdiction="CN")
    newest = max(responses, key=lambda one: one.started_at)
    SuitabilityResult.objects.bulk_create(
        [
            SuitabilityResult(
                customer=customer,
                investor_class=response.band,
                score=response.score,
                decided_at=response.submitted_at,
                valid_until=span_after(timezone.localdate(response.submitted_at), rule.value, rule.unit),
                rule=rule,
                response=response,
                review="waiting" if response is newest else "",
            )
            for customer, response in zip(assessed, responses, strict=True)
        ],
        batch_size=500,
    )


def _invitations(persons: list[Customer], version: QuestionnaireVersion, clerk: User, now: datetime) -> None:
    Invitation.objects.bulk_create(
        Invitation(
            version=version, purpose=PURPOSE, subject=one.pk, language=LANGUAGE, created_at=now, created_by=clerk,
            expires_at=now + timedelta(days=14),
        )
        for one in persons
    )  # fmt: skip
