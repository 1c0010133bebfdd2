from django.db import migrations

NUMBER = """
CREATE OR REPLACE FUNCTION identification_next_round() RETURNS text LANGUAGE sql VOLATILE AS
    $$ SELECT '{}-' || nextval('identification_round_seq') $$;
"""


class Migration(migrations.Migration):
    """Rounds of self-assessment count as SA-…: changes of rules count as RC-… already. Rounds of before keep their numbers."""

    dependencies = [("identification", "0010_map_guards")]
    operations = [migrations.RunSQL(NUMBER.format("SA"), NUMBER.format("RC"))]
