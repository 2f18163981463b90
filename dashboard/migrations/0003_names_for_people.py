"""What people call the fields and tables: the state alone, no statement for the database."""

import dashboard.models
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('dashboard', '0002_big_share_link_keys'),
        ('experiments', '0038_names_for_people'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='sharelink',
            options={'ordering': ('-created_at', '-id'), 'verbose_name': 'share link', 'verbose_name_plural': 'share links'},
        ),
        migrations.AlterField(
            model_name='sharelink',
            name='created_at',
            field=models.DateTimeField(verbose_name='created at'),
        ),
        migrations.AlterField(
            model_name='sharelink',
            name='created_by',
            field=models.CharField(max_length=150, verbose_name='created by'),
        ),
        migrations.AlterField(
            model_name='sharelink',
            name='experiment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='share_links', to='experiments.experiment', verbose_name='test'),
        ),
        migrations.AlterField(
            model_name='sharelink',
            name='expires_at',
            field=models.DateTimeField(verbose_name='expires at'),
        ),
        migrations.AlterField(
            model_name='sharelink',
            name='key',
            field=models.CharField(default=dashboard.models.new_key, max_length=24, unique=True, verbose_name='key'),
        ),
        migrations.AlterField(
            model_name='sharelink',
            name='revoked_at',
            field=models.DateTimeField(null=True, verbose_name='revoked at'),
        ),
    ]
