"""That sentences are stored in other languages beside English, and who reads which."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('experiments', '0088_webhook_secrets_replaced'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='auditentry',
            name='reason_translations',
            field=models.JSONField(blank=True, db_default={}, default=dict, editable=False, verbose_name='reason in other languages'),
        ),
        migrations.AddField(
            model_name='snapshot',
            name='translations',
            field=models.JSONField(db_default={}, default=dict, editable=False, verbose_name='sentences in other languages'),
        ),
        migrations.CreateModel(
            name='PersonLanguage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('chosen', models.CharField(blank=True, max_length=8, verbose_name='chosen language')),
                ('of_browser', models.CharField(blank=True, max_length=8, verbose_name='language of the browser')),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='user')),
            ],
            options={
                'verbose_name': 'language of a user',
                'verbose_name_plural': 'languages of users',
            },
        ),
    ]
