"""Branching, scoring and what keeps a questionnaire from being published: pure rules."""

from itertools import product
from random import Random

import pytest

from surveys.rules.branching import shown_questions, unreachable
from surveys.rules.conditions import read_condition, write_condition
from surveys.rules.definitions import read_definition
from surveys.rules.patterns import straight_line, too_fast
from surveys.rules.problems import problems_of
from surveys.rules.scoring import band_of, least_and_most, score_of
from tests.factories.surveys import document, option, said, single


def asked(*questions, **more):
    return read_definition(document(questions=list(questions), **more))


def keys(questions):
    return [question.key for question in questions]


def test_a_question_is_asked_only_of_those_whom_its_condition_means():
    definition = asked(*document()["questions"])

    assert keys(shown_questions(definition.questions, {"experience": "none"})) == ["experience", "loss"]
    assert keys(shown_questions(definition.questions, {"experience": "some"})) == ["experience", "years", "loss"]


def test_an_answer_to_a_question_that_is_hidden_again_counts_nothing():
    definition = asked(*document()["questions"])
    answers = {"experience": "none", "years": "many", "loss": "half"}

    assert score_of(definition, answers) == 30


def test_an_answer_that_is_hidden_leads_nowhere():
    definition = asked(
        single("a", option("x"), option("y")),
        single("b", option("x"), option("y"), shown_if={"question": "a", "is": ["x"]}),
        single("c", option("x"), option("y"), shown_if={"question": "b", "is": ["x"]}),
    )

    assert keys(shown_questions(definition.questions, {"a": "y", "b": "x"})) == ["a"]


def test_scores_on_the_bound_of_a_band_are_in_it():
    definition = asked(*document()["questions"])

    bands = {
        band_of(definition, answers).code
        for answers in [{"experience": "some", "years": "few", "loss": "half"}]  # 10 + 5 + 30
    }
    assert bands == {"C3"}
    assert band_of(definition, {"experience": "none", "loss": "nothing"}).code == "C1"
    assert band_of(definition, {"experience": "some", "years": "many", "loss": "half"}).code == "C5"  # 60


def test_an_override_decides_the_band_whatever_the_score():
    definition = asked(
        *document()["questions"], overrides=[{"band": "C1", "if": {"question": "loss", "is": ["nothing"]}}]
    )

    assert band_of(definition, {"experience": "some", "years": "many", "loss": "nothing"}).code == "C1"


@pytest.mark.parametrize(
    ("value", "points"), [("17.99", 0), ("18", 1), ("64.5", 1), ("65", 3), (None, 0), ("-1", 0), ("1e3", 3)]
)
def test_numbers_are_worth_the_points_of_the_last_step_reached(value, points):
    definition = asked(
        {
            "key": "age", "kind": "number", "text": said("Age"),
            "steps": [{"least": "65", "points": 3}, {"least": "18", "points": 1}],
        }
    )  # fmt: skip

    assert score_of(definition, {"age": value}) == points


def test_of_several_options_the_highest_counts_where_the_version_says_so():
    several = {
        "key": "held", "kind": "multiple", "text": said("Held"), "counts": "highest",
        "options": [option("a", 2), option("b", 9), option("c", 4)],
    }  # fmt: skip

    assert score_of(asked(several), {"held": ["a", "b", "c"]}) == 9
    assert score_of(asked({**several, "counts": "sum"}), {"held": ["a", "b", "c"]}) == 15


def test_the_bounds_of_the_score_hold_every_score_there_is():
    definition = asked(*document()["questions"])
    scores = [
        score_of(definition, {"experience": a, "years": b, "loss": c})
        for a, b, c in product(["none", "some"], ["few", "many"], ["nothing", "half"])
    ]
    least, most = least_and_most(definition)

    assert least <= min(scores)
    assert max(scores) <= most


def problems(*questions, **more):
    return problems_of(asked(*questions, **more))


def test_a_whole_questionnaire_has_no_problem():
    assert problems_of(read_definition(document())) == []


def test_a_question_that_waits_for_a_later_one_is_named():
    found = problems(
        single("a", option("x"), option("y"), shown_if={"question": "b", "is": ["x"]}),
        single("b", option("x"), option("y"), shown_if={"question": "a", "is": ["x"]}),
        bands=[],
    )
    assert found == ["a looks at b, which is asked only afterwards: the two would wait for each other."]


@pytest.mark.parametrize(
    ("condition", "sentence"),
    [
        ({"question": "zz", "is": ["x"]}, "b looks at question zz, which does not exist."),
        ({"question": "a", "is": ["q"]}, "b looks for the answer q, which question a does not have."),
        ({"question": "b", "is": ["x"]}, "b looks at b, which is asked only afterwards"),
        (
            {"all": [{"question": "a", "is": ["x"]}, {"question": "a", "is": ["y"]}]},
            "Nobody is ever asked b: no answers to earlier questions meet its condition.",
        ),
        (
            {"not": {"question": "a", "is": ["x", "y"]}},
            "Nobody is ever asked b: no answers to earlier questions meet its condition.",
        ),
    ],
)
def test_a_dead_end_is_named_in_a_sentence(condition, sentence):
    found = problems(
        single("a", option("x"), option("y")), single("b", option("x"), option("y"), shown_if=condition), bands=[]
    )
    assert len(found) == 1
    assert found[0].startswith(sentence)


def test_a_question_behind_an_unreachable_one_is_unreachable():
    number = {"key": "n", "kind": "number", "text": said("N"), "least": "0", "most": "10"}
    found = problems(
        number,
        single("a", option("x"), option("y"), shown_if={"question": "n", "least": "11"}),
        single("b", option("x"), option("y"), shown_if={"question": "a", "is": ["x"]}),
        bands=[],
    )
    assert [sentence.split(":")[0] for sentence in found] == ["Nobody is ever asked a", "Nobody is ever asked b"]


def test_what_is_unreachable_is_what_trying_every_answer_never_shows():
    """Random small questionnaires, against brute force over all answers."""
    for seed in range(200):
        random = Random(seed)
        questions = []
        for place in range(5):
            before = [one["key"] for one in questions]
            condition = None
            if before and random.random() < 0.8:
                picked = [
                    {"question": random.choice(before), "is": random.sample(["x", "y", "z"], random.randint(1, 2))}
                    for _n in range(random.randint(1, 3))
                ]
                picked = [{"not": one} if random.random() < 0.3 else one for one in picked]
                condition = {random.choice(["all", "any"]): picked}
            questions.append(single(f"q{place}", option("x"), option("y"), option("z"), shown_if=condition))
        definition = asked(*questions)
        ways = product(["x", "y", "z"], repeat=5)
        seen = {
            key
            for way in ways
            for key in keys(shown_questions(definition.questions, {f"q{n}": v for n, v in enumerate(way)}))
        }
        assert {one.key for one in unreachable(definition.questions)} == {f"q{n}" for n in range(5)} - seen, seed


def test_a_score_in_no_band_and_a_band_that_nobody_reaches_are_named():
    bands = [
        {"code": "C2", "least": 5, "label": said("x")},
        {"code": "C9", "least": 500, "label": said("y")},
    ]
    assert problems(*document()["questions"], bands=bands) == [
        "A score of 0 is possible and in no band: the lowest begins at 5.",
        "Nobody reaches band C9: it begins at 500, and 60 is the most.",
    ]


def test_a_missing_language_is_named():
    short = single("a", option("x"), option("y"))
    short["text"] = {"en": "A?", "zh-hans": "甲？"}
    assert problems(short, bands=[]) == ["Question a has no text in 繁體中文."]


@pytest.mark.parametrize(
    ("lines", "joined"),
    [("a is x, y", "all"), ("a is x\nb least 3", "any"), ("not a is x\nc most -2.5\nd is z", "all"), ("", "all")],
)
def test_conditions_read_as_they_are_written(lines, joined):
    assert write_condition(read_condition(lines, joined)) == (lines, joined)


@pytest.mark.parametrize("line", ["a", "a = 3", "a least x", "A is x", "; drop table is x", "a least 1e9999"])
def test_a_line_that_is_no_condition_is_refused_with_a_sentence(line):
    with pytest.raises(ValueError, match="“"):
        read_condition(line)


def test_the_same_place_in_a_row_is_a_sign():
    questions = [single(f"q{n}", option("x"), option("y"), option("z")) for n in range(6)]
    definition = asked(*questions, reliability={"least_seconds": 0, "same_place": 5})

    assert straight_line(definition, {f"q{n}": "y" for n in range(6)}).values == {"n": 6}
    assert straight_line(definition, {f"q{n}": "xyz"[n % 3] for n in range(6)}) is None
    assert straight_line(definition, {**{f"q{n}": "y" for n in range(6)}, "q2": "x"}) is None


@pytest.mark.parametrize(
    ("seconds", "is_sign"), [([1, 1, 9], True), ([2, 3, 1], False), ([None, None, 0.1], False), ([], False)]
)
def test_half_of_the_questions_in_no_time_is_a_sign(seconds, is_sign):
    definition = asked(*document()["questions"], reliability={"least_seconds": 2, "same_place": 0})

    assert (too_fast(definition, seconds) is not None) is is_sign
