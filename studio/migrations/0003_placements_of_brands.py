"""A placement may belong to one brand; a slug names one placement at a time."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("studio", "0002_freeze_published_versions")]
    operations = [
        migrations.AddField(
            model_name="placement",
            name="brand",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="placements",
                to="studio.brand",
            ),
        ),
        migrations.AlterField(
            model_name="placement", name="slug", field=models.SlugField(max_length=60)
        ),
        migrations.AddConstraint(
            model_name="placement",
            constraint=models.UniqueConstraint(
                condition=models.Q(("retired_at", None)),
                fields=("brand", "slug"),
                name="one_placement_a_slug",
            ),
        ),
        migrations.AddConstraint(
            model_name="placement",
            constraint=models.UniqueConstraint(
                condition=models.Q(("brand", None), ("retired_at", None)),
                fields=("slug",),
                name="one_shared_placement_a_slug",
            ),
        ),
    ]
