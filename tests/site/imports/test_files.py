"""Files as they really come: other layouts and encodings, other formats, and hostile ones."""

from __future__ import annotations

import io
import zipfile

import pytest

from duijie.site.demands.models import Demand
from duijie.site.imports.models import Batch
from tests.site.imports.conftest import HEAD, demand, words, workbook


def as_csv(*rows) -> str:
    return "\n".join(",".join(map(str, row)) for row in (HEAD, *rows)) + "\n"


def test_csv_of_gb18030_is_read(wizard):
    assert wizard.bring(as_csv(demand()).encode("gb18030"), "需求.csv").imported == 1


def test_merged_company_counts_for_each_row_and_a_merged_title_is_told(wizard):
    def merge(book):
        page = book.active
        page.merge_cells("A2:A3")
        page.merge_cells("B3:B4")

    rows = (demand(), demand(需求名称="乙"), demand(需求名称="丙"))
    batch = wizard.check(workbook(*rows, change=merge))
    assert (batch.good, batch.bad) == (2, 1)
    assert "与别的格合并了" in words(wizard.page(batch))
    assert wizard.page(batch, "marked").status_code == 200


def test_title_line_above_the_header_is_passed_over(wizard):
    head = ["关于征集技术需求的汇总表"]
    assert wizard.bring(workbook(HEAD, demand(), head=head)).imported == 1


@pytest.mark.parametrize("day", ["2027.6.30", "２０２７年６月３０日", "20270630", "2027/6/30"])
def test_days_and_digits_are_read_as_people_write_them(wizard, day):
    batch = wizard.bring(workbook(demand(要求完成时间=day, 总预算="３０ 万元")))
    assert batch.imported == 1, words(wizard.page(batch))
    one = Demand.objects.get()
    assert (str(one.deadline), one.budget) == ("2027-06-30", 30)


def test_days_of_the_spreadsheet_are_read(wizard):
    from datetime import date, datetime

    rows = (demand(要求完成时间=date(2027, 6, 30)), demand(需求名称="乙", 要求完成时间=datetime(2027, 6, 30)))
    assert wizard.bring(workbook(*rows)).imported == 2
    assert set(map(str, Demand.objects.values_list("deadline", flat=True))) == {"2027-06-30"}


@pytest.mark.parametrize(
    ("written", "code"), [("巴盟", "150800"), ("锡盟", "152500"), ("呼市新城区", "150102"), ("150202", "150202")]
)
def test_regions_are_known_by_the_names_people_use(wizard, written, code):
    batch = wizard.bring(workbook([*demand(), written], head=[*HEAD, "所在地区"]))
    assert batch.imported == 1, words(wizard.page(batch))
    assert Demand.objects.get().region_id == code


def test_unknown_region_gets_the_nearest(wizard):
    batch = wizard.check(workbook([*demand(), "呼合浩特"], head=[*HEAD, "所在地区"]))
    assert "呼和浩特" in words(wizard.page(batch)).split("呼合浩特", 1)[1]


def test_demand_twice_in_one_sheet_is_told(wizard):
    batch = wizard.check(workbook(demand(), demand()))
    assert (batch.good, batch.bad) == (1, 1)
    assert "前面已有一行" in words(wizard.page(batch))


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("需求名称", "长" * 121, "最多 120 个字"),
        ("总预算", "9" * 15, "金额太大"),
        ("总预算", "很多", "应为人民币金额"),
        ("需求类型", "随便", "可以填：联合研发"),
        ("要求完成时间", "2027-02-30", "没有“2027-02-30”这一天"),
        ("联系电话", "1" * 41, "最多 40 个字"),
    ],
)
def test_what_the_database_would_refuse_is_refused_in_its_row(wizard, name, value, said):
    batch = wizard.check(workbook(demand(需求名称="好的"), demand(**{name: value})))
    assert (batch.good, batch.bad) == (1, 1)
    assert said in words(wizard.page(batch))


def test_formula_counts_as_its_stored_value_and_one_without_is_told(wizard):
    batch = wizard.check(workbook(demand(), demand(需求名称='=HYPERLINK("https://evil.example")')))
    assert (batch.good, batch.bad) == (1, 1)
    assert "是公式" in words(wizard.page(batch))


def bomb() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"\0" * (300 << 20))
    return made.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (OLE, "旧表.xls", "另存为 .xlsx"),
        (OLE, "旧表.xlsx", "旧的 .xls 格式"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "加密.xlsx", "有打开密码"),
        (b"PK\x03\x04 not a zip", "坏.xlsx", "已损坏"),
        (b"", "空.csv", "空"),
        (b"%PDF-1.4", "表.pdf", "只收 .xlsx 和 .csv"),
        ("只有一句话\n".encode(), "话.csv", "没有表格"),
    ],
)
def test_what_is_no_table_is_refused_in_words_and_not_kept(wizard, content, name, said):
    answer = wizard.upload(content, name)
    assert answer.status_code == 422
    page = words(answer)
    assert said in page
    assert "sheet." not in page
    assert not Batch.objects.exists()


def test_bomb_is_refused_before_it_unpacks(wizard):
    answer = wizard.upload(bomb(), "炸弹.xlsx")
    assert answer.status_code == 422
    assert "炸弹.xlsx" in words(answer)


def test_file_beyond_the_limit_is_refused(wizard, settings):
    settings.UPLOAD_BYTES = 1 << 20
    answer = wizard.upload(b"x" * (2 << 20), "大.csv")
    assert answer.status_code == 422
    assert "超过 1 MB" in words(answer)


def test_nothing_chosen_is_said(wizard):
    from django.urls import reverse

    answer = wizard.client.post(reverse("imports:upload", args=["demands"]))
    assert "请先选择要上传的文件" in words(answer)


def test_script_in_a_sheet_is_shown_as_text(wizard):
    danger = "<script>alert(1)</script>"
    batch = wizard.begin(workbook(demand(需求名称=danger), head=[*HEAD[:-1], danger]))
    assert danger not in wizard.page(batch).content.decode()
    wizard.map(batch)
    assert danger not in wizard.page(batch).content.decode()
