from django.db import migrations, models


def of_made_products(apps, schema_editor):
    """What a product has that an import made came by that import, too; and what it changed at another one."""
    files = apps.get_model("studio", "ImportFile").objects.filter(done=True)
    files.filter(row__verdict="new").update(brought=True)
    changed = apps.get_model("studio", "ImportRow").objects.filter(verdict="changed", done=True)
    rows = [pk for pk, changes in changed.values_list("pk", "changes") if "packshots" in changes]
    for start in range(0, len(rows), 500):
        files.filter(row__in=rows[start : start + 500]).exclude(sha256="").update(brought=True)


class Migration(migrations.Migration):

    dependencies = [
        ('studio', '0015_archive_bytes'),
    ]

    operations = [
        migrations.AddField(
            model_name='import',
            name='todo',
            field=models.PositiveIntegerField(default=0, help_text='Rows that were open when it was last set to work.'),
        ),
        migrations.AddField(
            model_name='importfile',
            name='brought',
            field=models.BooleanField(default=False, help_text='This import brought it; else it was here before.'),
        ),
        migrations.RunPython(of_made_products, migrations.RunPython.noop),
    ]
