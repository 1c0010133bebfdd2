from django.db import migrations

# A night moves the windows of many customers whose balance and last movement stay: with room on the page their portrait is
# written in place, and no index of it is touched.
ROOM = "ALTER TABLE customers_portrait SET (fillfactor = 85)"


class Migration(migrations.Migration):
    dependencies = [("customers", "0008_lines_newest_first")]

    operations = [migrations.RunSQL(ROOM, "ALTER TABLE customers_portrait RESET (fillfactor)")]
