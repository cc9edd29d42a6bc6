"""``duijie import``: the wizard's steps from the command line, with clear sentences and exit codes."""

from __future__ import annotations

import subprocess
import sys

import pytest

from duijie.site.demands.models import Demand
from duijie.site.imports.commands import import_file
from duijie.site.imports.models import Batch
from duijie.site.kernel.errors import Forbidden, Refusal
from duijie.site.parties.models import Organisation
from duijie.tables.problems import TableError
from tests.site.imports.conftest import demand, workbook


@pytest.fixture
def sheet(tmp_path, company):
    def make(*rows, name="需求.xlsx"):
        path = tmp_path / name
        path.write_bytes(workbook(*rows))
        return path

    return make


def test_file_comes_in_as_its_user_and_can_be_undone_in_the_wizard(sheet, league_officer):
    told = import_file("demands", sheet(demand()), username=league_officer.username)
    batch = Batch.objects.get()
    assert told.code == 0
    assert told.lines[-1] == f"已导入 1 行，批次 {batch.code}。"
    assert (batch.owner, batch.state) == (league_officer, "imported")
    assert Demand.objects.get().started_by == league_officer


def test_bad_row_stops_everything_unless_told_to_skip_it(sheet, league_officer):
    file = sheet(demand(), demand(需求单位="没有的", 需求名称="乙"))
    told = import_file("demands", file, username=league_officer.username)
    assert told.code == 2
    assert told.lines[0].startswith("第 3 行「需求单位」：填的是“没有的”")
    assert not Demand.objects.exists()
    told = import_file("demands", file, username=league_officer.username, skip_bad=True)
    assert (told.code, Demand.objects.count()) == (0, 1)


def test_dry_run_writes_nothing(sheet, league_officer):
    told = import_file("demands", sheet(demand()), username=league_officer.username, dry_run=True)
    assert told == (["1 行可以导入，0 行有问题。没有写入任何数据。"], 0)
    assert not Batch.objects.exists()


def test_same_file_again_is_refused_unless_meant(sheet, league_officer):
    file = sheet(demand())
    import_file("demands", file, username=league_officer.username)
    with pytest.raises(Refusal, match="已经导入过"):
        import_file("demands", file, username=league_officer.username)
    assert import_file("demands", file, username=league_officer.username, again=True).code == 0
    assert Demand.objects.count() == 2


def test_without_a_name_the_one_administrator_imports(tmp_path, admin, appoint, db):
    file = tmp_path / "单位.csv"
    file.write_text("单位名称,单位类型,所在地\n甲公司,企业,巴盟\n", encoding="gb18030")
    assert import_file("organisations", file).code == 0
    assert Organisation.objects.get(name="甲公司").region_id == "150800"
    appoint("另一位", "admin", "150000")
    with pytest.raises(Refusal, match="--as"):
        import_file("organisations", file)


def test_whoever_may_not_is_refused(sheet, leader, league_officer):
    with pytest.raises(Forbidden):
        import_file("demands", sheet(demand()), username=leader.username)
    with pytest.raises(Refusal, match="没有用户名为"):
        import_file("demands", sheet(demand()), username="nobody")
    with pytest.raises(TableError, match="找不到文件"):
        import_file("demands", sheet(demand()).with_name("无.xlsx"), username=league_officer.username)


def test_command_line_says_a_missing_file_in_one_sentence(tmp_path):
    command = [sys.executable, "-m", "duijie.cli", "import", "demands", "--help"]
    shown = subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout
    assert {"--as", "--skip-bad", "--dry-run", "--again"} <= set(shown.split())
