"""The second offers of sequences, and words for phones."""

import django.db.models.deletion
from django.db import migrations, models

LAYOUTS = [
    ("card", "Inline card"),
    ("line", "Compact line"),
    ("bump", "Checkbox"),
    ("bundle", "Bundle"),
    ("comparison", "Comparison of two versions"),
    ("quantity_break", "Quantity break"),
    ("free_shipping", "Free-shipping progress"),
    ("dialog", "Dialog"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("checkout_widgets", "0036_deleted_with_their_store"),
        ("experiments", "0080_long_outcomes_of_holdouts"),
    ]
    operations = [
        migrations.CreateModel(
            name="NextWidget",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("layout", models.CharField(choices=LAYOUTS, default="card", max_length=16, verbose_name="layout")),
                ("phone_layout", models.CharField(blank=True, choices=[("", "Same layout"), *LAYOUTS], max_length=16, verbose_name="layout on phones")),
                ("headline", models.CharField(max_length=120, verbose_name="headline")),
                ("body", models.CharField(blank=True, max_length=500, verbose_name="body")),
                ("reason", models.CharField(blank=True, help_text="Why this product fits this cart", max_length=200, verbose_name="reason")),
                ("social_proof", models.CharField(blank=True, max_length=200, verbose_name="social proof")),
                ("accept_label", models.CharField(default="Add for {price}", max_length=60, verbose_name="accept button text")),
                ("decline_label", models.CharField(default="No thanks", max_length=60, verbose_name="decline button text")),
                ("terms_label", models.CharField(blank=True, help_text='Leave it empty to show "Terms" in the shopper\'s language.', max_length=60, verbose_name="terms link text")),
                ("terms_url", models.URLField(blank=True, max_length=500, verbose_name="terms URL")),
                ("comparison", models.JSONField(blank=True, default=dict, verbose_name="comparison")),
                ("theme", models.JSONField(blank=True, default=dict, verbose_name="theme")),
                ("translations", models.JSONField(blank=True, default=dict, verbose_name="languages")),
                ("phone_copy", models.JSONField(blank=True, db_default={}, default=dict, verbose_name="words on phones")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="updated at")),
                ("after", models.CharField(choices=[("accepted", "After a yes"), ("declined", "After a no")], db_column="shown_after", max_length=8, verbose_name="shown")),
                ("is_shown", models.BooleanField(default=True, verbose_name="switched on")),
                ("offer", models.ForeignKey(on_delete=django.db.models.deletion.RESTRICT, related_name="next_widgets", to="checkout_widgets.offer", verbose_name="offer")),
                ("variant", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="next_widgets", to="experiments.variant", verbose_name="variant")),
            ],
            options={"verbose_name": "second offer", "verbose_name_plural": "second offers"},
        ),
        migrations.AddConstraint(
            model_name="nextwidget",
            constraint=models.UniqueConstraint(fields=("variant", "after"), name="one_second_offer_per_answer"),
        ),
        migrations.AddConstraint(
            model_name="nextwidget",
            constraint=models.CheckConstraint(
                condition=models.Q(("after__in", ["accepted", "declined"])), name="second_offer_follows_a_known_answer"
            ),
        ),
        migrations.AddField(
            model_name="widget",
            name="phone_copy",
            field=models.JSONField(blank=True, db_default={}, default=dict, verbose_name="words on phones"),
        ),
    ]  # fmt: skip
