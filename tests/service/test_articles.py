"""Articles: written, looked at by a second person, published, found in three languages, and missed where they lack."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone, translation

from service.models import Article, ArticleMiss, ArticleState, ArticleUse, ArticleVersion, ArticleVote
from service.rules.article_search import query_like, terms_of
from service.rules.markup import html_of, plain_of
from service.services import article_gaps as gaps
from service.services import articles as services
from service.services.article_finding import find_articles, note_miss, suggest_articles, use_article, vote
from staff.models import Notification
from tests.factories.articles import ArticleFactory
from tests.factories.service import TicketFactory
from tests.factories.staff import UserFactory

pytestmark = pytest.mark.django_db
REFUND = {
    "en": ("How long a refund takes", "Money comes back **within three working days**."),
    "zh-hans": ("退款需要多久", "款项在三个工作日内退回原账户。"),
    "zh-hant": ("退款需要多久", "款項在三個工作日內退回原帳戶。"),
}


def now():
    return timezone.now()


def written(author, texts=None, **more):
    article = Article(code=more.pop("code", "refund"), owner=author, **more)
    return services.write_article(actor=author, article=article, texts=texts or REFUND, at=now())


def published(code="refund", texts=None, **more):
    author, lead = UserFactory(role="service"), UserFactory(role="service_lead")
    article = written(author, texts, code=code, **more)
    services.submit_article(actor=author, article_id=article.pk, at=now())
    services.review_article(actor=lead, article_id=article.pk, good=True, at=now())
    return services.publish_article(actor=lead, article_id=article.pk, at=now())


def test_an_article_goes_from_draft_to_page_through_a_second_person():
    article = published()

    version = article.version
    assert (version.state, version.number, version.reviewer.full_name != version.author.full_name) == (
        "published",
        1,
        True,
    )
    assert article.review_on > timezone.localdate() + timedelta(days=170)


def test_nobody_reviews_what_they_wrote_whatever_they_may():
    lead = UserFactory(role="service_lead")
    article = written(lead)
    services.submit_article(actor=lead, article_id=article.pk, at=now())

    with pytest.raises(PermissionDenied, match="Somebody else"):
        services.review_article(actor=lead, article_id=article.pk, good=True, at=now())
    with pytest.raises(IntegrityError), transaction.atomic():
        ArticleVersion.objects.filter(article=article).update(state="reviewed", reviewer=lead)
    with pytest.raises(IntegrityError), transaction.atomic():
        ArticleVersion.objects.filter(article=article).update(state="published")


def test_an_agent_reviews_nothing():
    article = written(UserFactory(role="service"))
    services.submit_article(actor=article.owner, article_id=article.pk, at=now())

    with pytest.raises(PermissionDenied):
        services.review_article(actor=UserFactory(role="service"), article_id=article.pk, good=True, at=now())


def test_what_is_given_back_says_why_and_is_a_draft_again():
    article, lead = written(UserFactory(role="service")), UserFactory(role="service_lead")
    services.submit_article(actor=article.owner, article_id=article.pk, at=now())
    with pytest.raises(ValidationError, match="has to change"):
        services.review_article(actor=lead, article_id=article.pk, good=False, at=now())

    version = services.review_article(actor=lead, article_id=article.pk, good=False, remark="Which days?", at=now())

    assert (version.state, version.remark) == ("draft", "Which days?")


def test_a_change_after_the_review_needs_another_review():
    author, lead = UserFactory(role="service"), UserFactory(role="service_lead")
    article = written(author)
    services.submit_article(actor=author, article_id=article.pk, at=now())
    services.review_article(actor=lead, article_id=article.pk, good=True, at=now())

    services.write_article(actor=author, article=article, texts={"en": ("Refunds", "Never.")}, at=now())

    with pytest.raises(ValidationError, match="no version|No version"):
        services.publish_article(actor=lead, article_id=article.pk, at=now())


def test_a_reviewer_who_changes_a_text_becomes_its_author():
    lead, other = UserFactory(role="service_lead"), UserFactory(role="service_lead")
    article = written(UserFactory(role="service"))

    services.write_article(actor=lead, article=article, texts=REFUND, at=now())
    services.submit_article(actor=lead, article_id=article.pk, at=now())

    with pytest.raises(PermissionDenied):
        services.review_article(actor=lead, article_id=article.pk, good=True, at=now())
    assert services.review_article(actor=other, article_id=article.pk, good=True, at=now()).reviewer == other


def test_what_is_published_stays_until_its_successor_is():
    article, author, lead = published(), UserFactory(role="service"), UserFactory(role="service_lead")
    services.write_article(actor=author, article=article, texts={"en": ("Refunds", "Five days.")}, at=now())
    assert find_articles("three", language="en", audience="public") == []
    Article.objects.update(audience="public")
    assert len(find_articles("three", language="en", audience="public")) == 1
    assert find_articles("five", language="en", audience="public") == []

    services.submit_article(actor=author, article_id=article.pk, at=now())
    services.review_article(actor=lead, article_id=article.pk, good=True, at=now())
    services.publish_article(actor=lead, article_id=article.pk, at=now())

    assert find_articles("three", language="en", audience="public") == []
    assert len(find_articles("five", language="en", audience="public")) == 1
    assert sorted(article.versions.values_list("state", flat=True)) == ["published", "replaced"]


@pytest.mark.parametrize(
    "texts", [{}, {"en": ("", "")}, {"en": ("Title", " ")}, {"en": ("", "Body")}, {"en": ("T", "x" * 50_001)}]
)
def test_an_article_that_says_nothing_or_too_much_is_refused(texts):
    with pytest.raises(ValidationError):
        services.write_article(
            actor=UserFactory(role="service"), article=Article(code="x", owner=UserFactory()), texts=texts, at=now()
        )


@pytest.mark.parametrize(
    ("words", "language", "title"),
    [("refund", "en", "How long a refund takes"), ("REFUND take", "en", "How long a refund takes"), ("退款", "zh-hans", "退款需要多久"),
     ("多久退款", "zh-hans", None), ("工作日", "zh-hans", "退款需要多久"), ("帳戶", "zh-hant", "退款需要多久"), ("款", "zh-hans", "退款需要多久"),
     ("refu", "en", "How long a refund takes"), ("mortgage", "en", None), ("'; DROP TABLE --", "en", None), ("!!! & | :*", "en", None), ("", "en", None)],
)  # fmt: skip
def test_articles_are_found_by_all_their_words_in_three_languages(words, language, title):
    published()

    found = find_articles(words, language=language, audience="staff")

    assert [one.title for one in found] == ([title] if title else [])


def test_a_reader_gets_the_language_they_read():
    published(texts={"en": ("APR 5 explained", "The APR."), "zh-hant": ("APR 說明", "年化 APR。")})

    assert find_articles("apr", language="zh-hant", audience="staff")[0].language == "zh-hant"
    assert find_articles("apr", language="zh-hans", audience="staff")[0].title


def test_the_title_weighs_more_than_the_text():
    published("one", {"en": ("Something", "card card card")})
    published("two", {"en": ("A lost card", "Block it.")})

    assert [one.article.code for one in find_articles("card", language="en", audience="staff")] == ["two", "one"]


def test_a_ticket_is_suggested_what_it_asks_about():
    published()
    published("card", {"en": ("A lost card", "Block it at once."), "zh-hans": ("银行卡丢失", "请立即挂失。")})

    assert [one.article.code for one in suggest_articles("Hello, I lost my card yesterday", language="en")] == ["card"]
    assert [one.article.code for one in suggest_articles("你好，我的银行卡找不到了", language="zh-hans")] == ["card"]
    assert suggest_articles("Hello and thank you", language="en") == []
    assert suggest_articles("x" * 100_000 + "\x00'&|!", language="en") == []


def test_terms_are_words_and_pairs():
    assert terms_of("如何退款 Refund 款") == ["如何", "何退", "退款", "refund", "款"]
    assert "'the'" not in query_like("the loan and the card")


def test_archived_and_staff_articles_are_found_by_nobody_outside():
    staff_only, gone = published(), published("gone", {"en": ("Refund of old", "Old refund.")}, audience="public")
    services.archive_article(actor=UserFactory(role="service_lead"), article_id=gone.pk)

    assert find_articles("refund", language="en", audience="public") == []
    assert [one.article for one in find_articles("refund", language="en", audience="staff")] == [staff_only]


@pytest.mark.parametrize(
    "body",
    ["<script>alert(1)</script>", "[x](javascript:alert(1))", "![x](https://evil.example/pixel.png)", "<img src=x onerror=alert(1)>",
     "[x](data:text/html,<script>alert(1)</script>)", "<a href='javascript:alert(1)'>x</a>", "`<script>`", "[x](vbscript:x)"],
)  # fmt: skip
def test_markdown_brings_no_markup_of_its_own(body):
    shown = html_of(body)

    assert not any(
        bad in shown for bad in ("<script", "<img", 'href="javascript', 'href="data', 'href="vbscript', "<a href='")
    )


def test_markdown_is_shown_as_it_is_meant():
    shown = html_of("# Refund\n\n1. **Three** days\n2. [Form](https://m.example/f)\n\n| a | b |\n|---|---|\n| 1 | 2 |")

    assert "<h2>Refund</h2>" in shown
    assert "<strong>Three</strong>" in shown
    assert 'href="https://m.example/f" rel="noopener noreferrer nofollow"' in shown
    assert "<td>1</td>" in shown
    assert plain_of("## Refund\n**Three** days") == "Refund\nThree days"


def test_a_thousand_quotes_deep_is_read_in_time():
    assert len(html_of(">" * 50_000)) < 10_000_000


def test_a_vote_counts_once_and_can_be_changed():
    article, person = published(), UserFactory(role="service")

    for helped in (True, False):
        vote(article=article, helped=helped, by=person, at=now())
        vote(article=article, helped=helped, visitor="a", at=now())
    vote(article=article, helped=True, visitor="b", at=now())

    assert sorted(ArticleVote.objects.values_list("helped", flat=True)) == [False, False, True]


def test_gaps_are_what_people_miss():
    user, at = UserFactory(role="service_lead"), now()
    covered, bad, late = published("covered", tags=["refund"]), published("bad"), published("late")
    for n in range(4):
        ticket = TicketFactory(tags=["refund", "crypto"], kind="question")
        if n == 0:
            use_article(actor=user, article=covered, ticket=ticket, at=at)
            use_article(actor=user, article=covered, ticket=ticket, at=at)
    for n in range(6):
        vote(article=bad, helped=n == 0, visitor=str(n), at=at)
        note_miss(text=f"Crypto  tax {'' if n else ''}", audience="staff", at=at)
    Article.objects.filter(pk=late.pk).update(review_on=date(2020, 1, 1))

    assert [(gap.word, gap.tickets, gap.answered) for gap in gaps.tags_without_articles(user, at=at)] == [
        ("crypto", 4, 1)
    ]
    assert [(gap.word, gap.tickets, gap.answered) for gap in gaps.kinds_and_articles(user, at=at)] == [
        ("Question", 4, 1)
    ]
    assert [(miss.text, miss.times) for miss in gaps.misses(at=at)] == [("crypto tax", 6)]
    assert gaps.unhelpful(user, "en") == [bad]
    assert gaps.overdue(user, "en", at=at) == [late]
    assert ArticleUse.objects.count() == 1


def test_numbers_of_people_do_not_stay_in_searches():
    note_miss(text="where is 13800138000 duan@dali.example", audience="public", at=now())

    text = ArticleMiss.objects.get().text
    assert "13800138000" not in text
    assert "duan@dali" not in text


def test_owners_are_reminded_once_for_each_date():
    article = published()
    Article.objects.update(review_on=date(2026, 12, 1))

    told = [services.remind_of_articles(today=date(2026, 11, day), at=now()) for day in (1, 25, 26)]

    assert told == [0, 1, 0]
    assert Notification.objects.get().user == article.owner


def test_confirming_moves_the_review_on():
    article = published()
    Article.objects.update(review_on=date(2020, 1, 1))

    services.confirm_article(actor=UserFactory(role="service_lead"), article_id=article.pk, at=now())

    article.refresh_from_db()
    assert article.review_on > timezone.localdate()


def test_the_list_costs_the_same_queries_for_any_length(client, django_assert_max_num_queries):
    client.force_login(UserFactory(role="service"))
    url, costs = reverse("service:article_list"), []
    client.get(url)
    for _turn in range(2):
        ArticleFactory(published=True)
        with django_assert_max_num_queries(40) as counted:
            assert client.get(url, headers={"HX-Request": "true", "HX-Target": "rows"}).status_code == 200
        costs.append(len(counted))
        ArticleFactory()
        ArticleFactory()

    assert costs[0] == costs[1]


def entered(owner, **more):
    return {"code": "refund", "audience": "public", "owner": owner.pk, "review_months": 6, "tags": "refund，money",
            "title_en": "Refunds", "body_en": "Three days.", "title_zh-hans": "退款", "body_zh-hans": "三天。", **more}  # fmt: skip


def test_an_article_is_written_reviewed_and_published_on_its_page(client):
    author, lead = UserFactory(role="service"), UserFactory(role="service_lead")
    client.force_login(author)
    assert client.post(reverse("service:article_create"), entered(author)).status_code == 302
    article = Article.objects.get()
    assert (article.tags, article.versions.get().texts.count()) == (["money", "refund"], 2)
    act = lambda name, **more: client.post(reverse("service:article_act", args=["refund", name]), more)  # noqa: E731

    act("submit")
    assert act("good").status_code == 403
    client.force_login(lead)
    assert "Your review" in client.get(reverse("service:article_detail", args=["refund"])).content.decode()
    act("good")
    act("publish")

    article.refresh_from_db()
    assert article.version.state == "published"
    assert "三天。" in client.get(reverse("service:article_detail", args=["refund"]) + "?lang=zh-hans").content.decode()


def test_typing_about_a_ticket_brings_articles_that_go_into_the_answer(client):
    published("open", audience="public")
    published("inside", {"en": ("Refund limits for staff", "Up to 500.")})
    ticket = TicketFactory(subject="My refund takes long")
    client.force_login(UserFactory(role="service"))

    text = client.get(reverse("service:article_suggest") + f"?ticket={ticket.reference}").content.decode()

    assert "How long a refund takes" in text
    assert "/help/open/?lang=en" in text
    assert "For staff alone" in text
    assert "Up to 500" not in text
    client.post(reverse("service:article_use", args=["open", ticket.reference]))
    assert ArticleUse.objects.get().ticket == ticket


def test_a_search_of_colleagues_that_finds_nothing_is_counted(client):
    client.force_login(UserFactory(role="service"))

    client.get(reverse("service:article_suggest") + "?find=zzzz&done=1")
    client.get(reverse("service:article_suggest") + "?find=zzz")

    assert [miss.text for miss in ArticleMiss.objects.all()] == ["zzzz"]


def test_a_state_is_not_called_after_the_time_of_it():
    with translation.override("zh-hans"):
        assert str(ArticleState.PUBLISHED.label) == "已发布"
