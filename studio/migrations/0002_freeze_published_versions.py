"""A published scene version never changes: the database refuses, whoever asks."""

from django.db import migrations

FREEZE = """
CREATE TRIGGER published_versions_are_frozen
BEFORE UPDATE OF scene_id, number, surface, light, mood, keep, engine, published_at ON studio_sceneversion
WHEN OLD.published_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a published scene version never changes'); END;
"""


class Migration(migrations.Migration):
    dependencies = [("studio", "0001_nouns")]
    operations = [migrations.RunSQL(FREEZE, "DROP TRIGGER published_versions_are_frozen")]
