from django.db import migrations, models


class Migration(migrations.Migration):
    """A rule of content follows the one of its own language and channel: another language's goes on."""

    dependencies = [("marketing", "0007_campaign_guards")]
    operations = [
        migrations.RemoveConstraint("forbiddenword", "one_forbidden_word_per_day"),
        migrations.AddConstraint(
            "forbiddenword",
            models.UniqueConstraint(fields=["code", "language", "valid_from"], name="one_forbidden_word_per_day"),
        ),
        migrations.RemoveConstraint("disclosure", "one_disclosure_per_day"),
        migrations.AddConstraint(
            "disclosure",
            models.UniqueConstraint(
                fields=["code", "line", "jurisdiction", "channel", "language", "valid_from"],
                name="one_disclosure_per_day",
            ),
        ),
    ]
