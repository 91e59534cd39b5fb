from django.db import migrations, models
from django.db.models import deletion

DEFAULT = '{sku}/{channel}/{sku}_{scene}_{placement}_{w}x{h}.{ext}'


def keep_what_was_chosen(apps, schema_editor):
    """Archives were stored whole: those are given up as if expired. What was chosen for them stays known."""
    exports, chosen = apps.get_model('studio', 'Export'), apps.get_model('studio', 'Chosen')
    exports.objects.update(file='', template=DEFAULT)
    for export in exports.objects.iterator():
        renders = export.old_renders.select_related('product', 'scene_version__scene', 'shoot').order_by('pk')
        promised = 0
        for render in renders.iterator():
            places = render.shoot.placements.filter(ratio=render.ratio).count()
            whole = not places or render.ratio in render.shoot.ratios
            label = f'{render.product.sku}, {render.scene_version.scene.name}, {render.ratio}'
            chosen.objects.create(
                export=export, render=render, label=label, files=places + whole, uncut={} if whole else None
            )
            promised += places + whole
        exports.objects.filter(pk=export.pk).update(promised=promised)


class Migration(migrations.Migration):

    dependencies = [
        ('studio', '0009_verdicts'),
    ]

    operations = [
        migrations.AddField(
            model_name='brand',
            name='export_template',
            field=models.CharField(blank=True, default='', help_text='What files were called last; see flow/naming.py.', max_length=200),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='export',
            name='promised',
            field=models.PositiveIntegerField(default=0, help_text='Files asked for.'),
        ),
        migrations.AddField(
            model_name='export',
            name='skip_failing',
            field=models.BooleanField(default=False, help_text='Leaves out what a channel would refuse.'),
        ),
        migrations.AddField(
            model_name='export',
            name='template',
            field=models.CharField(default='', help_text='What its files are called, see flow/naming.py.', max_length=200),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name='export',
            name='bytes',
            field=models.BigIntegerField(default=0, help_text='Of the archive that is streamed.'),
        ),
        migrations.AlterField(
            model_name='export',
            name='count',
            field=models.PositiveIntegerField(default=0, help_text='Pictures in the archive.'),
        ),
        migrations.AlterField(
            model_name='export',
            name='file',
            field=models.CharField(blank=True, help_text='Storage key of its listing.', max_length=120),
        ),
        migrations.AlterField(
            model_name='export',
            name='sha256',
            field=models.CharField(blank=True, help_text='Of the listing.', max_length=64),
        ),
        migrations.CreateModel(
            name='Chosen',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('label', models.CharField(help_text='SKU, scene and shape, as they were then.', max_length=240)),
                ('files', models.PositiveSmallIntegerField(help_text='How many files it was to give.')),
                ('uncut', models.JSONField(help_text='How the uncut picture goes out: size, sums and pieces; {} until read, null if not wanted.', null=True)),
                ('export', models.ForeignKey(on_delete=deletion.CASCADE, related_name='chosen', to='studio.export')),
                ('render', models.ForeignKey(null=True, on_delete=deletion.SET_NULL, related_name='chosen', to='studio.render')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.RenameField('export', 'renders', 'old_renders'),
        migrations.RunPython(keep_what_was_chosen, migrations.RunPython.noop),
        migrations.RemoveField('export', 'old_renders'),
        migrations.AddField(
            model_name='export',
            name='renders',
            field=models.ManyToManyField(related_name='exports', through='studio.Chosen', to='studio.render'),
        ),
    ]
