from django.db import migrations, models


class Migration(migrations.Migration):
    """Until when a campaign that follows entries has seen who entered, by the segment's own clock; and since when failures
    are counted."""

    dependencies = [("marketing", "0008_content_rules_by_language")]
    operations = [
        migrations.AddField(
            "campaignround",
            "seen_until",
            models.DateTimeField(blank=True, null=True, verbose_name="entries seen until"),
        ),
        migrations.AddField(
            "campaign", "resumed_at", models.DateTimeField(blank=True, null=True, verbose_name="resumed at")
        ),
    ]
