"""What tells unpaid orders, deletions, renewals and acceptances apart: constant defaults, so that no row is written."""

from django.db import migrations, models

STATUSES = [("pending", "Pending"), ("on_hold", "On hold"), ("paid", "Paid"), ("cancelled", "Cancelled")]


class Migration(migrations.Migration):
    dependencies = [("experiments", "0026_older_secret_keys")]
    operations = [
        migrations.AddField(
            model_name="store",
            name="is_repeat_counted",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="Orders that the shop made from earlier ones, such as a subscription's next delivery. "
                "Changing it recomputes all outcomes, which may take minutes",
                verbose_name="count renewals and copies",
            ),
        ),
        migrations.AddField(
            model_name="store",
            name="unpaid_left_out_since",
            field=models.DateTimeField(
                editable=False, help_text="Since when unpaid orders don't count; empty where they never did", null=True
            ),
        ),
        migrations.AlterField(
            model_name="order",
            name="status",
            field=models.CharField(choices=STATUSES, default="paid", max_length=16),
        ),
        migrations.AddField(
            model_name="order",
            name="sent_status",
            field=models.CharField(
                blank=True, choices=STATUSES, db_default="", default="", editable=False, max_length=16
            ),
        ),
        migrations.AddField(
            model_name="order", name="deleted_at", field=models.DateTimeField(editable=False, null=True)
        ),
        migrations.AddField(
            model_name="order", name="restored_at", field=models.DateTimeField(editable=False, null=True)
        ),
        migrations.AddField(
            model_name="order", name="unclear_until", field=models.DateTimeField(editable=False, null=True)
        ),
        migrations.AddField(
            model_name="order",
            name="repeat_kind",
            field=models.CharField(
                blank=True,
                choices=[("", "Placed by a shopper"), ("renewal", "Renewal"), ("copy", "Copy")],
                db_default="",
                default="",
                max_length=8,
                verbose_name="made from another order",
            ),
        ),
        migrations.AddField(
            model_name="order",
            name="first_external_id",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=64, verbose_name="first order"
            ),
        ),
        migrations.AddField(
            model_name="orderline", name="acceptance_id", field=models.UUIDField(editable=False, null=True)
        ),
        migrations.AddField(
            model_name="orderline",
            name="token_experiment_key",
            field=models.CharField(blank=True, db_default="", default="", editable=False, max_length=64),
        ),
    ]
