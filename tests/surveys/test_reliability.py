import pytest

from surveys.rules.reliability import cronbach_alpha

# Ten questions of fifteen people: C. Zaiontz, Real Statistics Using Excel, Cronbach's alpha, example 1; alpha = 0.59172.
ZAIONTZ = [
    [3, 5, 7, 2, 6, 1, 4, 2, 6, 5, 4, 4, 5, 6, 4],
    [2, 4, 3, 4, 5, 2, 3, 4, 5, 4, 3, 2, 5, 5, 3],
    [4, 6, 5, 3, 6, 3, 5, 4, 5, 6, 5, 3, 6, 5, 5],
    [1, 3, 5, 3, 5, 4, 3, 3, 5, 4, 2, 2, 2, 4, 5],
    [4, 5, 6, 2, 4, 2, 5, 7, 1, 3, 5, 5, 3, 2, 3],
    [5, 1, 4, 2, 4, 5, 2, 2, 6, 5, 3, 3, 3, 2, 1],
    [1, 2, 3, 2, 4, 2, 1, 2, 5, 3, 2, 4, 2, 1, 3],
    [4, 5, 3, 6, 6, 3, 2, 4, 2, 1, 3, 2, 4, 4, 2],
    [3, 5, 6, 6, 7, 5, 4, 6, 3, 7, 4, 3, 4, 6, 3],
    [2, 5, 5, 3, 5, 2, 3, 5, 2, 2, 1, 4, 5, 5, 4],
]


def test_alpha_of_a_published_example():
    found = cronbach_alpha(list(zip(*ZAIONTZ, strict=True)))

    assert found.value == pytest.approx(0.5917188486, abs=1e-9)
    assert (found.questions, found.people) == (10, 15)


def test_questions_that_everybody_answers_alike_twice_agree_wholly():
    assert cronbach_alpha([[1, 1], [2, 2], [5, 5]]).value == 1


def test_questions_that_run_against_each_other_are_negative():
    assert cronbach_alpha([[1, 4], [2, 3], [4, 2]]).value < 0


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([], "people"), ([[1, 2]], "people"), ([[1], [2]], "questions"), ([[3, 1], [3, 2]], "constant"),
        ([[1, 5], [5, 1]], "constant"), ([[3, 3], [3, 3]], "constant"),
    ],
)  # fmt: skip
def test_where_alpha_says_nothing_it_says_why(rows, why):
    found = cronbach_alpha(rows)

    assert (found.value, found.why) == (None, why)
