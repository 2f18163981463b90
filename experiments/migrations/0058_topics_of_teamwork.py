"""Whoever has chosen topics before couldn't choose these: they are told of approvals and mentions, as new members are.

One row for each member and store: there are few. Running it again changes nothing.
"""

from django.db import migrations

ADD = """
UPDATE experiments_subscription
SET topics = topics || ARRAY['approval', 'mention']::varchar[]
WHERE NOT topics && ARRAY['approval', 'mention']::varchar[]
"""


class Migration(migrations.Migration):
    dependencies = [("experiments", "0057_teamwork")]

    operations = [migrations.RunSQL(ADD, migrations.RunSQL.noop)]
