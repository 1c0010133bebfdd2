# Sub-classes, appetite, matrices of any size with their mapping, and the day on which a risk was closed.

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("products", "0003_foureyes_versions"),
        ("risk", "0011_rating_basis"),
        ("staff", "0014_news_of_mail"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AppetiteBreach",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("opened_on", models.DateField(verbose_name="since")),
                ("closed_on", models.DateField(blank=True, null=True, verbose_name="until")),
            ],
            options={
                "verbose_name": "risk outside appetite",
                "verbose_name_plural": "risks outside appetite",
                "ordering": ["-opened_on", "-id"],
            },
        ),
        migrations.CreateModel(
            name="AppetiteStatement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "risk_class",
                    models.CharField(
                        choices=[
                            ("credit", "Credit risk"),
                            ("market", "Market risk"),
                            ("liquidity", "Liquidity risk"),
                            ("operational", "Operational risk"),
                            ("technology", "Technology risk"),
                            ("legal", "Legal and compliance risk"),
                            ("other", "Other risk"),
                        ],
                        max_length=11,
                        verbose_name="class",
                    ),
                ),
                ("statement", models.TextField(verbose_name="statement")),
                (
                    "tolerance",
                    models.CharField(
                        choices=[("low", "Low"), ("medium", "Medium"), ("high", "High"), ("critical", "Critical")],
                        max_length=8,
                        verbose_name="highest residual level taken",
                    ),
                ),
                (
                    "lead_after_days",
                    models.PositiveSmallIntegerField(default=7, verbose_name="the unit's lead hears after days"),
                ),
                (
                    "management_after_days",
                    models.PositiveSmallIntegerField(default=30, verbose_name="management hears after days"),
                ),
                ("valid_from", models.DateField(verbose_name="from")),
            ],
            options={
                "verbose_name": "appetite statement",
                "verbose_name_plural": "appetite statements",
                "ordering": ["risk_class", "line", "team", "-valid_from", "-id"],
                "permissions": [("check_scales", "Can approve appetite statements and matrices")],
            },
        ),
        migrations.CreateModel(
            name="BaselType",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=40, unique=True, verbose_name="code")),
                ("names", models.JSONField(verbose_name="names")),
            ],
            options={
                "verbose_name": "Basel event type",
                "verbose_name_plural": "Basel event types",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Cause",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=40, unique=True, verbose_name="code")),
                ("names", models.JSONField(verbose_name="names")),
            ],
            options={
                "verbose_name": "kind of cause",
                "verbose_name_plural": "kinds of causes",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Consequence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=40, unique=True, verbose_name="code")),
                ("names", models.JSONField(verbose_name="names")),
            ],
            options={
                "verbose_name": "kind of consequence",
                "verbose_name_plural": "kinds of consequences",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="MatrixMapping",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("old_likelihood", models.PositiveSmallIntegerField(verbose_name="old likelihood")),
                ("old_impact", models.PositiveSmallIntegerField(verbose_name="old impact")),
                ("likelihood", models.PositiveSmallIntegerField(verbose_name="likelihood")),
                ("impact", models.PositiveSmallIntegerField(verbose_name="impact")),
            ],
            options={
                "verbose_name": "mapping of a place",
                "verbose_name_plural": "mapping of places",
                "ordering": ["matrix", "old_likelihood", "old_impact"],
            },
        ),
        migrations.CreateModel(
            name="RiskSubclass",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=40, unique=True, verbose_name="code")),
                ("names", models.JSONField(verbose_name="names")),
                (
                    "risk_class",
                    models.CharField(
                        choices=[
                            ("credit", "Credit risk"),
                            ("market", "Market risk"),
                            ("liquidity", "Liquidity risk"),
                            ("operational", "Operational risk"),
                            ("technology", "Technology risk"),
                            ("legal", "Legal and compliance risk"),
                            ("other", "Other risk"),
                        ],
                        max_length=11,
                        verbose_name="class",
                    ),
                ),
            ],
            options={
                "verbose_name": "sub-class",
                "verbose_name_plural": "sub-classes",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="TierRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "level",
                    models.CharField(
                        choices=[("low", "Low"), ("medium", "Medium"), ("high", "High"), ("critical", "Critical")],
                        max_length=8,
                        verbose_name="level",
                    ),
                ),
                ("tier", models.PositiveSmallIntegerField(verbose_name="tier")),
                ("review_days", models.PositiveSmallIntegerField(verbose_name="reviewed within days")),
                ("valid_from", models.DateField(verbose_name="from")),
            ],
            options={
                "verbose_name": "rule of tiers",
                "verbose_name_plural": "rules of tiers",
                "ordering": ["level", "-valid_from"],
                "constraints": [models.UniqueConstraint(fields=("level", "valid_from"), name="one_tier_rule_per_day")],
            },
        ),
        migrations.RemoveField(
            model_name="riskmatrix",
            name="size",
        ),
        migrations.AddField(
            model_name="risk",
            name="closed_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="closed at"),
        ),
        migrations.AlterField(
            model_name="riskmatrix",
            name="in_force_from",
            field=models.DateField(blank=True, null=True, verbose_name="in force from"),
        ),
        migrations.AddIndex(
            model_name="riskrating",
            index=models.Index(
                models.F("risk"),
                models.F("kind"),
                models.OrderBy(models.F("rated_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                name="rating_of_kind_newest",
            ),
        ),
        migrations.AddField(
            model_name="appetitebreach",
            name="risk",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="appetite_breaches",
                to="risk.risk",
                verbose_name="risk",
            ),
        ),
        migrations.AddField(
            model_name="appetitestatement",
            name="line",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="products.businessline",
                verbose_name="business line",
            ),
        ),
        migrations.AddField(
            model_name="appetitestatement",
            name="team",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="staff.team",
                verbose_name="unit",
            ),
        ),
        migrations.AddField(
            model_name="appetitebreach",
            name="statement",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="breaches",
                to="risk.appetitestatement",
                verbose_name="appetite statement",
            ),
        ),
        migrations.AddField(
            model_name="baseltype",
            name="parent",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="children",
                to="risk.baseltype",
                verbose_name="under",
            ),
        ),
        migrations.AddField(
            model_name="risk",
            name="cause_kinds",
            field=models.ManyToManyField(
                blank=True, related_name="risks", to="risk.cause", verbose_name="kinds of causes"
            ),
        ),
        migrations.AddField(
            model_name="risk",
            name="consequence_kinds",
            field=models.ManyToManyField(
                blank=True, related_name="risks", to="risk.consequence", verbose_name="kinds of consequences"
            ),
        ),
        migrations.AddField(
            model_name="matrixmapping",
            name="decided_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="by",
            ),
        ),
        migrations.AddField(
            model_name="matrixmapping",
            name="matrix",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="mappings",
                to="risk.riskmatrix",
                verbose_name="matrix",
            ),
        ),
        migrations.AddField(
            model_name="matrixmapping",
            name="old_matrix",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="risk.riskmatrix",
                verbose_name="old matrix",
            ),
        ),
        migrations.AddField(
            model_name="risksubclass",
            name="basel_type",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="risk.baseltype",
                verbose_name="Basel event type",
            ),
        ),
        migrations.AddField(
            model_name="risk",
            name="subclass",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="risks",
                to="risk.risksubclass",
                verbose_name="sub-class",
            ),
        ),
        migrations.AddConstraint(
            model_name="appetitestatement",
            constraint=models.UniqueConstraint(
                fields=("risk_class", "line", "team", "valid_from"),
                name="one_appetite_per_day",
                nulls_distinct=False,
                violation_error_message="A statement for this class, line and unit begins on that day already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="appetitebreach",
            constraint=models.UniqueConstraint(
                condition=models.Q(("closed_on__isnull", True)), fields=("risk",), name="one_open_appetite_breach"
            ),
        ),
        migrations.AddConstraint(
            model_name="matrixmapping",
            constraint=models.UniqueConstraint(
                fields=("matrix", "old_matrix", "old_likelihood", "old_impact"), name="one_place_for_an_old_one"
            ),
        ),
    ]
