"""The first form of the reference data."""

import datetime

import django.db.models.deletion
from django.db import migrations, models

import duijie.site.ledger.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("ledger", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="CalendarDay",
            fields=[
                ("day", models.DateField(primary_key=True, serialize=False, verbose_name="日期")),
                ("name", models.CharField(max_length=40, verbose_name="名称")),
                ("english", models.CharField(blank=True, max_length=80, verbose_name="英文名称")),
                ("working", models.BooleanField(verbose_name="上班")),
                ("announced", models.BooleanField(default=True, verbose_name="已公布")),
            ],
            options={
                "ordering": ("day",),
            },
        ),
        migrations.CreateModel(
            name="Edition",
            fields=[
                ("code", models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name="编号")),
                ("revision", models.PositiveIntegerField(default=0, editable=False)),
                ("created_at", models.DateTimeField(editable=False, verbose_name="建立时间")),
                ("changed_at", models.DateTimeField(editable=False, verbose_name="更新时间")),
                ("digest", models.CharField(max_length=64, verbose_name="摘要")),
                ("loaded_at", models.DateTimeField(verbose_name="载入时间")),
                ("rows", models.JSONField(default=dict, verbose_name="行数")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="AgreementKind",
            fields=[
                ("name", models.CharField(max_length=120, verbose_name="名称")),
                ("english", models.CharField(blank=True, max_length=200, verbose_name="英文名称")),
                ("order", models.PositiveIntegerField(default=0, verbose_name="次序")),
                ("valid_from", models.DateField(default="1949-10-01", verbose_name="起始日期")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="终止日期")),
                ("code", models.CharField(max_length=20, primary_key=True, serialize=False, verbose_name="代码")),
                ("aliases", models.JSONField(blank=True, default=list, verbose_name="别名")),
                ("definition", models.TextField(blank=True, verbose_name="定义")),
                ("definition_english", models.TextField(blank=True, verbose_name="英文定义")),
            ],
            options={
                "ordering": ("order", "code"),
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to", None), ("valid_to__gt", models.F("valid_from")), _connector="OR"
                        ),
                        name="agreementkind_ends_after_it_begins",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Chain",
            fields=[
                ("name", models.CharField(max_length=120, verbose_name="名称")),
                ("english", models.CharField(blank=True, max_length=200, verbose_name="英文名称")),
                ("order", models.PositiveIntegerField(default=0, verbose_name="次序")),
                ("valid_from", models.DateField(default="1949-10-01", verbose_name="起始日期")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="终止日期")),
                ("code", models.CharField(max_length=20, primary_key=True, serialize=False, verbose_name="代码")),
                ("keywords", models.JSONField(blank=True, default=list, verbose_name="关键词")),
                ("industries", models.JSONField(blank=True, default=list, verbose_name="国民经济行业")),
            ],
            options={
                "ordering": ("order", "code"),
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to", None), ("valid_to__gt", models.F("valid_from")), _connector="OR"
                        ),
                        name="chain_ends_after_it_begins",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ContractKind",
            fields=[
                ("name", models.CharField(max_length=120, verbose_name="名称")),
                ("english", models.CharField(blank=True, max_length=200, verbose_name="英文名称")),
                ("order", models.PositiveIntegerField(default=0, verbose_name="次序")),
                ("valid_from", models.DateField(default="1949-10-01", verbose_name="起始日期")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="终止日期")),
                ("code", models.CharField(max_length=20, primary_key=True, serialize=False, verbose_name="代码")),
                ("aliases", models.JSONField(blank=True, default=list, verbose_name="别名")),
                ("definition", models.TextField(blank=True, verbose_name="定义")),
                ("definition_english", models.TextField(blank=True, verbose_name="英文定义")),
            ],
            options={
                "ordering": ("order", "code"),
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to", None), ("valid_to__gt", models.F("valid_from")), _connector="OR"
                        ),
                        name="contractkind_ends_after_it_begins",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Field",
            fields=[
                ("name", models.CharField(max_length=120, verbose_name="名称")),
                ("english", models.CharField(blank=True, max_length=200, verbose_name="英文名称")),
                ("order", models.PositiveIntegerField(default=0, verbose_name="次序")),
                ("valid_from", models.DateField(default="1949-10-01", verbose_name="起始日期")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="终止日期")),
                ("code", models.CharField(max_length=12, primary_key=True, serialize=False, verbose_name="代码")),
                ("aliases", models.JSONField(blank=True, default=list, verbose_name="别名")),
            ],
            options={
                "ordering": ("order", "code"),
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to", None), ("valid_to__gt", models.F("valid_from")), _connector="OR"
                        ),
                        name="field_ends_after_it_begins",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ChainNode",
            fields=[
                ("name", models.CharField(max_length=120, verbose_name="名称")),
                ("english", models.CharField(blank=True, max_length=200, verbose_name="英文名称")),
                ("order", models.PositiveIntegerField(default=0, verbose_name="次序")),
                ("valid_from", models.DateField(default="1949-10-01", verbose_name="起始日期")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="终止日期")),
                ("code", models.CharField(max_length=24, primary_key=True, serialize=False, verbose_name="代码")),
                ("keywords", models.JSONField(blank=True, default=list, verbose_name="关键词")),
                (
                    "chain",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="nodes",
                        to="registry.chain",
                        verbose_name="产业链",
                    ),
                ),
            ],
            options={
                "ordering": ("order", "code"),
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to", None), ("valid_to__gt", models.F("valid_from")), _connector="OR"
                        ),
                        name="chainnode_ends_after_it_begins",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Discipline",
            fields=[
                ("name", models.CharField(max_length=120, verbose_name="名称")),
                ("english", models.CharField(blank=True, max_length=200, verbose_name="英文名称")),
                ("order", models.PositiveIntegerField(default=0, verbose_name="次序")),
                ("valid_from", models.DateField(default="1949-10-01", verbose_name="起始日期")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="终止日期")),
                ("code", models.CharField(max_length=12, primary_key=True, serialize=False, verbose_name="代码")),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="registry.discipline",
                        verbose_name="上级",
                    ),
                ),
            ],
            options={
                "ordering": ("order", "code"),
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to", None), ("valid_to__gt", models.F("valid_from")), _connector="OR"
                        ),
                        name="discipline_ends_after_it_begins",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="EditionVersion",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("known_from", duijie.site.ledger.fields.MomentField()),
                (
                    "known_to",
                    duijie.site.ledger.fields.MomentField(
                        default=datetime.datetime(9999, 12, 31, 0, 0, tzinfo=datetime.UTC)
                    ),
                ),
                ("code", models.CharField(max_length=40, serialize=False, verbose_name="编号")),
                ("digest", models.CharField(max_length=64, verbose_name="摘要")),
                ("loaded_at", models.DateTimeField(verbose_name="载入时间")),
                ("rows", models.JSONField(default=dict, verbose_name="行数")),
                ("revision", models.PositiveIntegerField()),
                (
                    "entry",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.entry"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["known_to", "known_from"], name="registry_ed_known_t_411a80_idx")],
                "constraints": [
                    models.UniqueConstraint(fields=("code", "revision"), name="registry_editionversion_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Industry",
            fields=[
                ("name", models.CharField(max_length=120, verbose_name="名称")),
                ("english", models.CharField(blank=True, max_length=200, verbose_name="英文名称")),
                ("order", models.PositiveIntegerField(default=0, verbose_name="次序")),
                ("valid_from", models.DateField(default="1949-10-01", verbose_name="起始日期")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="终止日期")),
                ("code", models.CharField(max_length=6, primary_key=True, serialize=False, verbose_name="代码")),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="registry.industry",
                        verbose_name="上级",
                    ),
                ),
            ],
            options={
                "ordering": ("order", "code"),
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to", None), ("valid_to__gt", models.F("valid_from")), _connector="OR"
                        ),
                        name="industry_ends_after_it_begins",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Region",
            fields=[
                ("name", models.CharField(max_length=120, verbose_name="名称")),
                ("english", models.CharField(blank=True, max_length=200, verbose_name="英文名称")),
                ("order", models.PositiveIntegerField(default=0, verbose_name="次序")),
                ("valid_from", models.DateField(default="1949-10-01", verbose_name="起始日期")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="终止日期")),
                ("code", models.CharField(max_length=6, primary_key=True, serialize=False, verbose_name="代码")),
                (
                    "kind",
                    models.CharField(
                        choices=[("province", "省级"), ("prefecture", "地级"), ("county", "县级")],
                        max_length=12,
                        verbose_name="级别",
                    ),
                ),
                ("short_name", models.CharField(blank=True, max_length=40, verbose_name="简称")),
                ("last", models.CharField(max_length=6, verbose_name="末位代码")),
                ("aliases", models.JSONField(blank=True, default=list, verbose_name="别名")),
                ("pinyin", models.CharField(blank=True, max_length=120, verbose_name="拼音")),
                ("initials", models.CharField(blank=True, max_length=40, verbose_name="拼音首字母")),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="registry.region",
                        verbose_name="上级",
                    ),
                ),
                (
                    "successor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="predecessors",
                        to="registry.region",
                        verbose_name="现为",
                    ),
                ),
            ],
            options={
                "ordering": ("order", "code"),
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to", None), ("valid_to__gt", models.F("valid_from")), _connector="OR"
                        ),
                        name="region_ends_after_it_begins",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("last__gte", models.F("code"))), name="region_holds_itself"
                    ),
                ],
            },
        ),
    ]
