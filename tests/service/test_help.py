"""The public pages: whoever comes sees what is published for everybody, and nothing else."""

import pytest
from django.urls import reverse

from service.models import ArticleMiss, ArticleVote
from tests.factories.articles import ArticleFactory

pytestmark = pytest.mark.django_db
TEXTS = {"en": ("Refunds", "Three **days**."), "zh-hans": ("退款", "三天。")}


@pytest.fixture
def article(db):
    return ArticleFactory(code="refunds", audience="public", published=True, texts=TEXTS)


def test_a_visitor_finds_and_reads_an_article(client, article):
    found = client.get(reverse("help:index") + "?q=refund")
    page = client.get(reverse("help:article", args=["refunds"]) + "?lang=zh-hans")

    assert "Refunds" in found.content.decode()
    assert "三天。" in page.content.decode()
    assert 'lang="zh-Hans"' in page.content.decode()
    assert "<strong>days</strong>" in client.get(reverse("help:article", args=["refunds"])).content.decode()


@pytest.mark.parametrize(
    "more",
    [
        {"audience": "staff", "published": True},
        {"audience": "public"},
        {"audience": "public", "published": True, "is_archived": True},
    ],
)
def test_what_is_not_for_everybody_is_not_there(client, more):
    ArticleFactory(code="secret", texts={"en": ("Secret words", "Hidden")}, **more)

    pages = [client.get(reverse("help:index")), client.get(reverse("help:index") + "?q=secret")]

    assert all("Secret words" not in page.content.decode() for page in pages)
    assert client.get(reverse("help:article", args=["secret"])).status_code == 404
    assert client.post(reverse("help:vote", args=["secret"]), {"helped": "1"}).status_code == 404


def test_a_visitor_votes_once(client, article):
    for helped in ("1", "0", "0"):
        client.post(reverse("help:vote", args=["refunds"]), {"helped": helped})

    said = ArticleVote.objects.get()
    assert (said.helped, said.by, len(said.visitor)) == (False, None, 64)


def test_votes_from_another_site_do_not_count(article):
    from django.test import Client

    assert (
        Client(enforce_csrf_checks=True).post(reverse("help:vote", args=["refunds"]), {"helped": "1"}).status_code
        == 403
    )


def test_what_visitors_do_not_find_is_counted(client, article):
    for _turn in range(2):
        client.get(reverse("help:index") + "?q=Mortgage")

    assert [(miss.text, miss.audience, miss.times) for miss in ArticleMiss.objects.all()] == [("mortgage", "public", 2)]


def test_who_asks_too_often_waits(client, settings, article):
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "help": "3/m"}

    answers = [client.get(reverse("help:index") + "?q=x").status_code for _turn in range(5)]

    assert answers == [200, 200, 200, 429, 429]


def test_a_page_is_closed_to_frames_and_scripts_of_others(client, article):
    policy = client.get(reverse("help:article", args=["refunds"]))["Content-Security-Policy"]

    assert "frame-ancestors 'none'" in policy
    assert "unsafe-inline" not in policy


@pytest.mark.parametrize("words", ["<script>alert(1)</script>", "'\"><img src=x>", "\x00", "𠀀" * 100, "a" * 5_000])
def test_any_words_are_answered(client, article, words):
    answer = client.get(reverse("help:index"), {"q": words})

    assert answer.status_code == 200
    assert "<script>alert" not in answer.content.decode()
    assert "<img src=x>" not in answer.content.decode()
