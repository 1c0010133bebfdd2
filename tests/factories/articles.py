import factory
from django.utils import timezone

from service.models import Article, ArticleText, ArticleVersion
from tests.factories.staff import UserFactory


class ArticleFactory(factory.django.DjangoModelFactory):
    """An article with a draft; `published=True`, `texts={"en": ("Title", "Body")}`."""

    class Meta:
        model = Article
        skip_postgeneration_save = True
        exclude = ["published", "texts"]

    published = False
    texts = None
    code = factory.Sequence(lambda n: f"article-{n}")
    owner = factory.SubFactory(UserFactory, role="service")
    created_at = factory.LazyFunction(timezone.now)

    @classmethod
    def _generate(cls, strategy, params):
        published, texts = params.pop("published", False), params.pop("texts", None)
        article = super()._generate(strategy, params)
        more = {"state": "published", "reviewer": UserFactory(role="service_lead"), "published_at": article.created_at}
        version = ArticleVersion.objects.create(
            article=article,
            number=1,
            author=article.owner,
            created_at=article.created_at,
            **(more if published else {}),
        )
        for language, (title, body) in (texts or {"en": ("Refunds", "A refund takes three days.")}).items():
            ArticleText.objects.create(version=version, language=language, title=title, body=body)
        if published:
            article.version, article.review_on = version, timezone.localdate()
            article.save(update_fields=["version", "review_on"])
        return article
