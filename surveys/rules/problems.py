"""What is wrong with a questionnaire before it can be published, in sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from surveys.rules.branching import conditions_in, unreachable
from surveys.rules.definitions import CHOICES, LANGUAGES, Condition, Definition, Question, Texts
from surveys.rules.scoring import least_and_most

LANGUAGE_NAMES = {"en": "English", "zh-hans": "简体中文", "zh-hant": "繁體中文"}


def problems_of(definition: Definition) -> list[str]:
    """Return one sentence for each thing that keeps a questionnaire from being published."""
    found = [*_texts_missing(definition), *_of_questions(definition.questions), *_of_bands(definition)]
    return found if found else list(_dead_ends(definition.questions))


def _texts_missing(definition: Definition) -> Iterator[str]:
    if not definition.questions:
        yield _("There is no question yet.")
    yield from _lacking(_("The title"), definition.title)
    if any(definition.intro.values()):
        yield from _lacking(_("The introduction"), definition.intro)
    for question in definition.questions:
        yield from _lacking(_("Question %(key)s") % {"key": question.key}, question.text)
        for option in question.options:
            name = _("Option %(option)s of question %(key)s") % {"option": option.key, "key": question.key}
            yield from _lacking(name, option.text)
    for band in definition.bands:
        yield from _lacking(_("Band %(code)s") % {"code": band.code}, band.label)


def _lacking(name: str, texts: Texts) -> Iterator[str]:
    missing = [LANGUAGE_NAMES[language] for language in LANGUAGES if not texts.get(language, "").strip()]
    if missing:
        yield _("%(name)s has no text in %(languages)s.") % {"name": name, "languages": ", ".join(missing)}


def _of_questions(questions: Sequence[Question]) -> Iterator[str]:
    for key, times in Counter(question.key for question in questions).items():
        if times > 1:
            yield _("Two questions are called %(key)s: give one of them another key.") % {"key": key}
    before: set[str] = set()
    for question in questions:
        yield from _of_question(question)
        yield from _of_condition(question.key, question.shown_if, before, questions)
        before.add(question.key)


def _of_question(question: Question) -> Iterator[str]:
    said = {"key": question.key}
    if question.kind in CHOICES and len(question.options) < 2:
        yield _("Question %(key)s needs at least two options.") % said
    if len({option.key for option in question.options}) < len(question.options):
        yield _("Two options of question %(key)s have one key.") % said
    if question.kind == "scale" and (question.least is None or question.most is None):
        yield _("Question %(key)s is a scale: say where it begins and ends.") % said
    if question.least is not None and question.most is not None and question.least > question.most:
        yield _("Question %(key)s ends before it begins.") % said


def _of_condition(
    key: str, condition: Condition | None, before: set[str], questions: Sequence[Question]
) -> Iterator[str]:
    known = {question.key: question for question in questions}
    for one in conditions_in(condition):
        other = one["question"]
        said = {"key": key, "other": other}
        if other not in known:
            yield _("%(key)s looks at question %(other)s, which does not exist.") % said
        elif other not in before:
            yield (
                _("%(key)s looks at %(other)s, which is asked only afterwards: the two would wait for each other.")
                % said
            )
        else:
            chosen = {option.key for option in known[other].options}
            for option in one.get("is", []):
                if option not in chosen:
                    yield _("%(key)s looks for the answer %(option)s, which question %(other)s does not have.") % {
                        **said, "option": option,
                    }  # fmt: skip


def _of_bands(definition: Definition) -> Iterator[str]:
    if not definition.bands:
        if definition.overrides:
            yield _("There are rules that name a band, and no band.")
        return
    codes = [band.code for band in definition.bands]
    if len(set(codes)) < len(codes) or len({band.least for band in definition.bands}) < len(codes):
        yield _("Two bands have one code, or begin at one score.")
    least, most = least_and_most(definition)
    named = {override.band for override in definition.overrides}
    lowest = min(band.least for band in definition.bands)
    if lowest > least:
        yield _("A score of %(score)d is possible and in no band: the lowest begins at %(lowest)d.") % {
            "score": least, "lowest": lowest,
        }  # fmt: skip
    for band in definition.bands:
        if band.least > most and band.code not in named:
            yield _("Nobody reaches band %(code)s: it begins at %(least)d, and %(most)d is the most.") % {
                "code": band.code, "least": band.least, "most": most,
            }  # fmt: skip
    everybody = {question.key for question in definition.questions}
    for override in definition.overrides:
        if override.band not in codes:
            yield _("A rule names band %(code)s, which does not exist.") % {"code": override.band}
        yield from _of_condition(
            _("The rule for band %(code)s") % {"code": override.band}, override.condition, everybody,
            definition.questions,
        )  # fmt: skip


def _dead_ends(questions: Sequence[Question]) -> Iterator[str]:
    lost = unreachable(questions)
    if lost is None:
        yield _("The ways through this questionnaire are too many to be checked: let fewer questions hang on others.")
    for question in lost or []:
        yield _("Nobody is ever asked %(key)s: no answers to earlier questions meet its condition.") % {
            "key": question.key
        }
