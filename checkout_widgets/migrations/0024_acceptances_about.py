"""What the visit was like in which an offer was taken, and a note of each that is taken."""

from django.db import migrations, models

FORWARDS = """
-- When the acceptance was, to a quarter of an hour: every day of every time zone begins at one. So a day has a note
-- for each quarter of it at most, however many orders one statement changes.
CREATE FUNCTION note_acceptances() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO checkout_widgets_salechange (store_id, accepted_at)
    SELECT DISTINCT store_id, date_bin('15 minutes', accepted_at, '2000-01-01 00:00Z') FROM changed;
    RETURN NULL;
END $$;
CREATE TRIGGER acceptances_inserted AFTER INSERT ON checkout_widgets_acceptance REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION note_acceptances();

-- After the trigger, which has waited for all who wrote without it: what is there now is to be added up.
INSERT INTO checkout_widgets_salechange (store_id, accepted_at)
SELECT DISTINCT store_id, date_bin('15 minutes', accepted_at, '2000-01-01 00:00Z') FROM checkout_widgets_acceptance;
"""
BACKWARDS = """
DROP TRIGGER acceptances_inserted ON checkout_widgets_acceptance;
DROP FUNCTION note_acceptances();
DELETE FROM checkout_widgets_salechange;
"""


class Migration(migrations.Migration):
    dependencies = [("checkout_widgets", "0023_offer_days")]
    operations = [
        migrations.AddField(
            model_name="acceptance",
            name="about",
            field=models.JSONField(db_default={}, default=dict, editable=False, verbose_name="visit"),
        ),
        migrations.RunSQL(FORWARDS, BACKWARDS),
    ]
