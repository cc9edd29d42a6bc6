from __future__ import annotations

import pytest
from django import forms

from duijie.site.registry.forms import IndustryField, RegionField
from duijie.site.registry.models import Region

pytestmark = pytest.mark.django_db


class Form(forms.Form):
    region = RegionField(required=False)
    industry = IndustryField(required=False)


def test_fields_return_rows():
    form = Form({"region": "呼市赛罕", "industry": "3985"})
    assert form.is_valid()
    assert (form.cleaned_data["region"].code, form.cleaned_data["industry"].pk) == ("150105", "C3985")


def test_nothing_is_nothing():
    form = Form({"region": " ", "industry": ""})
    assert form.is_valid()
    assert form.cleaned_data == {"region": None, "industry": None}


def test_error_says_what_it_may_be():
    form = Form({"region": "朝阳区", "industry": "稀土冶炼"})
    assert form.errors["region"] == ["“朝阳区”有 2 个：北京市朝阳区、吉林省长春市朝阳区。请写明是哪一个。"]
    assert form.errors["industry"][0].startswith("没有“稀土冶炼”。最接近的是：稀土金属冶炼 (C3232)")


def test_field_within_a_region_takes_only_its_own():
    field = RegionField(within=Region.objects.get(code="150100"))
    assert field.clean("新城区").code == "150102"
    with pytest.raises(forms.ValidationError):
        field.clean("包头市")


def test_initial_value_is_shown_by_name_and_what_was_typed_stays():
    shown = str(Form(initial={"region": "150105", "industry": "C3985"}))
    assert 'value="内蒙古自治区呼和浩特市赛罕区"' in shown
    assert 'value="C3985 电子专用材料制造"' in shown
    assert 'value="火星"' in str(Form({"region": "火星"}))


def test_widget_asks_for_suggestions_under_its_own_name():
    shown = str(Form(prefix="demand"))
    assert 'hx-get="/registry/regions/?from=demand-region"' in shown
    assert 'list="id_demand-region_options"' in shown
    assert '<datalist id="id_demand-region_options">' in shown
