"""Questionnaires as they stand once somebody wrote and published them, and answers to them."""

from copy import deepcopy
from datetime import timedelta

import factory
from django.utils import timezone

from surveys.models import Invitation, Questionnaire, QuestionnaireVersion, Response
from surveys.rules.definitions import hash_of
from tests.factories.staff import past_the_guards


def said(text: str) -> dict:
    return {"en": text, "zh-hans": f"{text}（简）", "zh-hant": f"{text}（繁）"}


def option(key: str, points: int = 0, **more) -> dict:
    return {"key": key, "points": points, "text": said(key), **more}


def single(key: str, *options: dict, **more) -> dict:
    return {"key": key, "kind": "single", "text": said(f"Question {key}?"), "options": list(options), **more}


# Two questions in a row, and one that only those with experience are asked.
DOCUMENT = {
    "title": said("What you may lose"),
    "intro": said("Three questions."),
    "thanks": {},
    "questions": [
        single("experience", option("none", 0), option("some", 10)),
        single("years", option("few", 5), option("many", 20), shown_if={"question": "experience", "is": ["some"]}),
        single("loss", option("nothing", 0), option("half", 30)),
    ],
    "bands": [
        {"code": "C1", "least": 0, "label": said("Careful")},
        {"code": "C3", "least": 20, "label": said("Balanced")},
        {"code": "C5", "least": 55, "label": said("Bold")},
    ],
    "overrides": [],
    "reliability": {"least_seconds": 0, "same_place": 0},
}


def document(**changes) -> dict:
    return {**deepcopy(DOCUMENT), **changes}


class QuestionnaireFactory(factory.django.DjangoModelFactory):
    """A questionnaire with a published version; `QuestionnaireFactory(draft=True)` has a draft alone."""

    class Meta:
        model = Questionnaire
        skip_postgeneration_save = True

    code = factory.Sequence(lambda n: f"questionnaire-{n}")
    name = factory.Sequence(lambda n: f"Questionnaire {n}")
    purpose = "suitability"
    created_at = factory.LazyFunction(timezone.now)

    @classmethod
    def _create(cls, model, *args, draft=False, asked=None, **fields):
        made = super()._create(model, *args, **fields)
        asked = asked or document()
        frozen = {} if draft else {"state": "published", "sha256": hash_of(asked), "published_at": made.created_at}
        with past_the_guards():
            version = QuestionnaireVersion.objects.create(
                questionnaire=made, number=1, document=asked, created_at=made.created_at, **frozen
            )
        if not draft:
            made.version = version
            made.save(update_fields=["version"])
        return made


class InvitationFactory(factory.django.DjangoModelFactory):
    """A link that is open for a day; `subject` names whom it is for."""

    class Meta:
        model = Invitation

    version = factory.LazyFunction(lambda: QuestionnaireFactory().version)
    purpose = "suitability"
    language = "en"
    created_at = factory.LazyFunction(timezone.now)
    expires_at = factory.LazyAttribute(lambda o: o.created_at + timedelta(days=1))


class ResponseFactory(factory.django.DjangoModelFactory):
    """What somebody has begun to answer on the telephone; `subject` names them."""

    class Meta:
        model = Response

    version = factory.LazyFunction(lambda: QuestionnaireFactory().version)
    purpose = "suitability"
    channel = "staff"
    language = "en"
    started_at = factory.LazyFunction(timezone.now)
