"""From a person's own workbook to records and back: every page and every job of the wizard."""

from __future__ import annotations

import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook
from openpyxl.styles import Font

from duijie.site.demands.models import Demand
from duijie.site.imports import actions
from duijie.site.imports.models import Batch
from duijie.site.kernel.errors import WrongState
from duijie.site.ledger.models import Entry
from tests.site.imports.conftest import HEAD, demand, words, workbook


def content_of(answer) -> bytes:
    return b"".join(answer.streaming_content)


def test_template_opens_with_drop_downs_and_a_guide(wizard):
    answer = wizard.client.get(reverse("imports:template", args=["demands"]))
    book = load_workbook(io.BytesIO(content_of(answer)))
    page, guide = book.worksheets[:2]
    assert [cell.value for cell in page[1]][:2] == ["需求单位", "需求名称"]
    kinds = next(rule for rule in page.data_validations.dataValidation if "C2" in str(rule.sqref))
    assert kinds.type == "list"
    assert book["选项"]["C1"].value == "联合研发"
    assert guide["B2"].value == "必填"


@pytest.mark.parametrize("noun", ["demands", "offers", "organisations", "teams"])
def test_template_as_it_is_can_be_uploaded_and_maps_itself(wizard, noun):
    blank = content_of(wizard.client.get(reverse("imports:template", args=[noun])))
    batch = wizard.begin(blank, "模板.xlsx", noun)
    assert set(batch.headers) == set(batch.mapping)


def test_sheet_becomes_demands_step_by_step(wizard, company):
    batch = wizard.begin(workbook(demand(), demand(需求名称="滴灌带回收")))
    page = words(wizard.page(batch))
    assert "您表中的列" in page
    assert "种薯低损伤分级装备" in page

    wizard.map(batch)
    assert (batch.state, batch.good, batch.bad) == ("checked", 2, 0)
    page = words(wizard.page(batch))
    assert "导入后是这样" in page
    assert "2027-06-30" in page
    assert not Demand.objects.exists()

    wizard.post("confirm", batch)
    assert (batch.state, batch.imported) == ("imported", 2)
    first = Demand.objects.get(title="种薯低损伤分级装备")
    assert (first.organisation, first.budget, str(first.deadline), first.state) == (
        company,
        300,
        "2027-06-30",
        "submitted",
    )
    assert Entry.objects.filter(source=batch.code, verb="demand.import").count() == 2
    assert "种薯低损伤分级装备" in words(wizard.page(batch, "records"))


def test_columns_with_other_names_are_mapped_by_hand_and_remembered(wizard):
    head = ["哪家", "要什么", *HEAD[2:]]
    batch = wizard.begin(workbook(demand(), head=head))
    answer = wizard.map(batch)
    assert answer.status_code == 422
    assert "还没有指定必填列：需求单位、需求名称" in words(answer)
    wizard.map(batch, 哪家="organisation", 要什么="title")
    assert batch.good == 1
    again = wizard.begin(workbook(demand(需求名称="另一项"), head=head))
    assert again.mapping["要什么"] == "title"


def test_column_left_out_is_not_read_though_its_name_is_known(wizard):
    batch = wizard.begin(workbook(demand()))
    wizard.map(batch, **{"总预算（万元）": ""})
    wizard.post("confirm", batch)
    assert Demand.objects.get().budget is None


def test_headers_unit_holds_also_for_a_column_mapped_by_hand(wizard):
    head = [*HEAD[:5], "打算投入（元）", *HEAD[6:]]
    batch = wizard.begin(workbook(demand(总预算=3_000_000), head=head))
    wizard.map(batch, **{"打算投入（元）": "budget"})
    wizard.post("confirm", batch)
    assert Demand.objects.get().budget == 300


def test_one_column_chosen_twice_is_refused_in_words(wizard):
    batch = wizard.begin(workbook(demand()))
    answer = wizard.map(batch, 联系人="title")
    assert answer.status_code == 422
    assert "有两列都对应到“需求名称”" in words(answer)


def test_bad_rows_are_reported_with_place_reason_and_advice(wizard):
    batch = wizard.check(
        workbook(demand(), demand(需求单位="蒙草种业公司", 需求名称="乙"), demand(需求名称="丙", 技术领域="农叶"))
    )
    assert (batch.good, batch.bad) == (1, 2)
    page = words(wizard.page(batch))
    assert "3 需求单位 蒙草种业公司 名录里没有这个单位 最接近的是：蒙草种业有限公司" in page
    assert "4 技术领域 农叶 没有这一项" in page
    wizard.post("confirm", batch)
    assert Demand.objects.count() == 1


def test_own_workbook_comes_back_marked_and_otherwise_as_it_was(wizard):
    def dress(book):
        page = book.active
        page["L1"], page["L2"] = "合计", "=SUM(F2:F3)"
        page["B2"].font = Font(bold=True)
        page.column_dimensions["B"].width = 44
        book.create_sheet("别的").append(["不动"])

    batch = wizard.check(workbook(demand(), demand(需求名称="乙", 要求完成时间="下个月"), change=dress))
    book = load_workbook(io.BytesIO(content_of(wizard.page(batch, "marked"))))
    page = book.active
    assert page["G3"].fill.fgColor.rgb == "FFFFC7CE"
    assert "2026-11-23" in page["G3"].comment.text
    assert page["G2"].comment is None
    assert page["L2"].value == "=SUM(F2:F3)"
    assert page["B2"].font.bold
    assert page.column_dimensions["B"].width == 44
    assert book["别的"]["A1"].value == "不动"


def test_nothing_good_imports_nothing(wizard):
    batch = wizard.check(workbook(demand(需求单位="没有的单位")))
    assert (batch.state, batch.good, batch.bad) == ("checked", 0, 1)
    assert wizard.post("confirm", batch).status_code == 409
    assert batch.state == "checked"


def test_same_file_again_is_warned_of_with_the_earlier_batch(wizard, client_of, league_colleague):
    from tests.site.imports.conftest import Wizard

    content = workbook(demand())
    first = wizard.bring(content)
    again = wizard.begin(content, "改了名.xlsx")
    assert f"批次 {first.code}" in words(wizard.page(again))
    colleague = Wizard(client_of(league_colleague))
    page = words(colleague.page(colleague.begin(content)))
    assert "另一位经办人" in page
    assert first.code not in page


def test_batch_is_undone_as_one_and_can_come_again(wizard):
    batch = wizard.bring(workbook(demand(), demand(需求名称="乙")))
    wizard.post("undo", batch)
    assert batch.state == "undone"
    assert not Demand.objects.counted().exists()
    assert "整批撤销" in words(wizard.page(batch))
    assert wizard.bring(workbook(demand())).imported == 1


def test_undo_is_refused_in_words_where_somebody_went_on(wizard, league_officer):
    from duijie.site.demands.actions import take_for_review

    batch = wizard.bring(workbook(demand(), demand(需求名称="乙")))
    take_for_review(Demand.objects.first(), actor=league_officer)
    wizard.post("undo", batch)
    assert batch.state == "imported"
    assert "已有人办理" in words(wizard.page(batch))
    assert Demand.objects.counted().count() == 2


def test_discarded_batch_loses_its_file_and_keeps_its_entry(wizard, django_capture_on_commit_callbacks):
    batch = wizard.begin(workbook(demand()))
    with django_capture_on_commit_callbacks(execute=True):
        wizard.post("discard", batch)
    assert batch.state == "discarded"
    assert not batch.folder.exists()
    assert Entry.objects.filter(subject=batch.code, verb="batch.discard").exists()
    assert wizard.page(batch).status_code == 200


def test_confirming_twice_at_once_imports_once(wizard, league_officer):
    batch = wizard.check(workbook(demand()))
    one, two = Batch.objects.get(pk=batch.pk), Batch.objects.get(pk=batch.pk)
    actions.confirm_batch(one, actor=league_officer)
    with pytest.raises(WrongState):
        actions.confirm_batch(two, actor=league_officer)


def test_directory_that_changed_since_the_check_stops_the_import(wizard, company, mirror_company, league_officer):
    from duijie.site.parties.actions import merge_organisation

    batch = wizard.check(workbook(demand()))
    merge_organisation(company, into=mirror_company, actor=None)
    wizard.post("confirm", batch)
    assert batch.state == "failed"
    assert "请重新核对" in words(wizard.page(batch))
    assert not Demand.objects.exists()
    wizard.post("again", batch)
    assert batch.state == "uploaded"


def test_progress_is_shown_and_htmx_is_told_when_it_is_over(wizard, monkeypatch):
    from duijie.site.kernel import worker

    batch = wizard.begin(workbook(demand()))
    monkeypatch.setattr(worker, "work_off", lambda: None)
    wizard.map(batch)
    assert 'hx-get="/imports/' in wizard.page(batch).content.decode()
    part = wizard.page(batch, **{"HX-Request": "true"})
    assert part.headers["Vary"].startswith("HX-Request") or "HX-Request" in part.headers["Vary"]
    assert "<html" not in part.content.decode()
    monkeypatch.undo()
    worker.work_off()
    over = wizard.page(batch, **{"HX-Request": "true"})
    assert over.headers["HX-Refresh"] == "true"


def test_work_that_stopped_can_be_started_again_or_left(wizard, monkeypatch):
    from duijie.site.imports import checking

    def stumble(*arguments, **options):
        raise ZeroDivisionError

    batch = wizard.begin(workbook(demand()))
    with monkeypatch.context() as patch:
        patch.setattr(checking, "check_batch", stumble)
        wizard.map(batch)
    assert batch.state == "checking"
    assert "重新开始" in words(wizard.page(batch))
    wizard.post("retry", batch)
    assert batch.state == "checked"

    with monkeypatch.context() as patch:
        patch.setattr(checking, "read_batch", stumble)
        wizard.post("confirm", batch)
    assert batch.state == "importing"
    wizard.post("give_up", batch)
    assert batch.state == "failed"
    assert not Demand.objects.exists()


def test_batch_is_its_owners_alone(wizard, stranger_wizard):
    batch = wizard.bring(workbook(demand(), demand(需求名称="乙", 需求单位="没有")))
    for name in ("batch", "marked", "records"):
        assert stranger_wizard.page(batch, name).status_code == 404
    for step in ("map", "again", "confirm", "retry", "give_up", "undo", "discard"):
        assert stranger_wizard.post(step, batch).status_code == 404
    assert batch.state == "imported"
    assert batch.code not in words(stranger_wizard.client.get(reverse("imports:batches")))


def test_rows_beyond_ones_region_are_reported_row_by_row(stranger_wizard, company, mirror_company):
    batch = stranger_wizard.check(workbook(demand(), demand(需求单位="包头稀土新材料有限公司")))
    assert (batch.good, batch.bad) == (1, 1)
    assert "这个单位不归您填报" in words(stranger_wizard.page(batch))


def test_whoever_may_import_nothing_is_told_so(client_of, leader):
    client = client_of(leader)
    assert "没有批量导入的权限" in words(client.get(reverse("imports:batches")))
    assert client.get(reverse("imports:upload", args=["demands"])).status_code == 403
    assert client.get(reverse("imports:upload", args=["sheep"])).status_code == 404
