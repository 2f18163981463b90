"""The question on a store's confirmation page, which edges hold in memory (changes count as configuration), and what
shoppers answered."""

import django.db.models.deletion
from django.db import migrations, models

TABLE = "checkout_widgets_confirmationquestion"
STORES = "SELECT store_id FROM changed"
CREATE_TRIGGERS = f"""
CREATE TRIGGER configuration_inserted AFTER INSERT ON {TABLE} REFERENCING NEW TABLE AS after
FOR EACH STATEMENT EXECUTE FUNCTION count_configuration_rows('{STORES}', '');
CREATE TRIGGER configuration_updated AFTER UPDATE ON {TABLE} REFERENCING OLD TABLE AS before NEW TABLE AS after
FOR EACH STATEMENT EXECUTE FUNCTION count_configuration_rows('{STORES}', '');
CREATE TRIGGER configuration_deleted AFTER DELETE ON {TABLE} REFERENCING OLD TABLE AS before
FOR EACH STATEMENT EXECUTE FUNCTION count_configuration_rows('{STORES}', '');
CREATE TRIGGER configuration_truncated AFTER TRUNCATE ON {TABLE}
FOR EACH STATEMENT EXECUTE FUNCTION count_configuration_truncated();
"""
DROP_TRIGGERS = f"""
DROP TRIGGER configuration_inserted ON {TABLE};
DROP TRIGGER configuration_updated ON {TABLE};
DROP TRIGGER configuration_deleted ON {TABLE};
DROP TRIGGER configuration_truncated ON {TABLE};
"""


class Migration(migrations.Migration):
    dependencies = [
        ("checkout_widgets", "0051_customer_figures"),
        ("experiments", "0097_stages_in_the_trail"),
    ]

    operations = [
        migrations.CreateModel(
            name="ConfirmationQuestion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("is_on", models.BooleanField(default=False, verbose_name="shown")),
                ("is_score", models.BooleanField(default=False, verbose_name="asks for a score")),
                ("text", models.CharField(blank=True, max_length=200, verbose_name="question")),
                ("choices", models.JSONField(blank=True, default=list, verbose_name="answers")),
                ("translations", models.JSONField(blank=True, default=dict, verbose_name="translations")),
                ("number", models.PositiveIntegerField(default=1, verbose_name="number")),
                (
                    "store",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="confirmation_question",
                        to="experiments.store",
                        verbose_name="store",
                    ),
                ),
            ],
            options={
                "verbose_name": "question on the confirmation page",
                "verbose_name_plural": "questions on the confirmation page",
            },
        ),
        migrations.CreateModel(
            name="ConfirmationAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("visitor_id", models.CharField(max_length=64, verbose_name="visitor")),
                ("number", models.PositiveIntegerField(verbose_name="number of the question")),
                ("tag", models.CharField(max_length=64, verbose_name="answer")),
                ("at", models.DateTimeField(verbose_name="at")),
                ("customer_key", models.CharField(blank=True, default="", max_length=62, verbose_name="customer")),
                ("is_followed_up", models.BooleanField(default=False, verbose_name="followed up")),
                (
                    "store",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="confirmation_answers",
                        to="experiments.store",
                        verbose_name="store",
                    ),
                ),
            ],
            options={
                "verbose_name": "answer on the confirmation page",
                "verbose_name_plural": "answers on the confirmation page",
                "indexes": [
                    models.Index(
                        condition=models.Q(("is_followed_up", False)), fields=["at"], name="confirmation_answer_open"
                    ),
                    models.Index(
                        condition=models.Q(("customer_key", ""), _negated=True),
                        fields=["store", "customer_key"],
                        name="confirmation_answer_customer",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("store", "visitor_id", "number"),
                        name="one_confirmation_answer_per_visitor_and_question",
                    ),
                ],
            },
        ),
        migrations.RunSQL(CREATE_TRIGGERS, DROP_TRIGGERS),
    ]
