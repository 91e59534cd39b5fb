"""Colleagues join by a link."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def person(**options):
    return models.ForeignKey(
        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+",
        to=settings.AUTH_USER_MODEL, **options,
    )


class Migration(migrations.Migration):
    dependencies = [("studio", "0003_placements_of_brands")]
    operations = [
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("role", models.PositiveSmallIntegerField(choices=[(1, "Viewer"), (2, "Marketer"), (3, "Admin")], default=2)),
                ("note", models.CharField(blank=True, help_text="For whom: a name or an address.", max_length=120)),
                ("token_hash", models.CharField(max_length=64, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("expires_at", models.DateTimeField()),
                ("accepted_at", models.DateTimeField(blank=True, null=True)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                ("accepted_by", person(blank=True)),
                (
                    "brand",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="invitations", to="studio.brand"
                    ),
                ),
                ("invited_by", person()),
            ],
            options={"ordering": ["-id"]},
        ),
    ]
