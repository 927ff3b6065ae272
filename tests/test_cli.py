"""The command line: exit codes, the sentences people get, and the JSON that other programs rely on."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest

from pipelines.store import Home
from tests.homes import EVENING, MINI, MiniHome, mini_report, tonghop, tonghop_here

COMMANDS = [
    "demo",
    "templates",
    "control",
    "check",
    "run",
    "watch",
    "status",
    "history",
    "changes",
    "withdraw",
    "export",
    "rebuild",
    "plan",
    "doctor",
    "test",
]
FORMULA = '=HYPERLINK("http://example.invalid","x")'

CHECK_KEYS = ["file", "sha256", "plan", "round", "unit", "verdict", "findings"]
FINDING_KEYS = ["code", "severity", "sheet", "cell", "field", "value", "message"]
STATUS_KEYS = ["plan", "round", "as_of", "due", "units", "indicators", "by_unit"]
UNIT_KEYS = [
    "code",
    "name",
    "kind",
    "state",
    "due",
    "first_submitted_at",
    "accepted_at",
    "days_late",
    "days_overdue",
    "version",
    "sha256",
    "errors",
    "warnings",
]
INDICATOR_KEYS = [
    "id",
    "label",
    "numerator",
    "denominator",
    "rate",
    "target",
    "deadline",
    "state",
    "units_reported",
    "units_expected",
]
BY_UNIT_KEYS = ["unit", "indicator", "numerator", "denominator", "rate", "state", "days_overdue"]
HISTORY_KEYS = [
    *("sha256", "received_at", "source_name", "verdict", "version", "counts", "reason", "since", "changes"),
]


@pytest.fixture(scope="module")
def lived_in(mini_issued: MiniHome, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MiniHome]:
    """A home after two nights: DU right, then rejected; CQ wrong. To ask, not to write into."""
    with pytest.MonkeyPatch.context() as patch:
        home = mini_issued.copy(tmp_path_factory.mktemp("cli") / "nha", patch)
        report = mini_report("DU")
        report.sheets["khen"] = {"1": {"doi_tuong": "tập thể", "ten": FORMULA, "so_luot": 2}}  # type: ignore[index]
        home.drop(report, name="Báo cáo Đảng uỷ.xlsx")
        home.drop(mini_report("CQ", nam=7), name="sai.xlsx")
        home.night("2022-05-09")
        home.drop(mini_report("DU", tong="khoảng 50"))
        home.night("2022-05-10")
        yield home


def refused(home: Home, *arguments: str, now: str = EVENING) -> str:
    """The sentence on the error stream of a command that could not be carried out: exit 2, and no traceback."""
    answer = tonghop_here(home, *arguments, now=now)
    assert (answer.exit_code, answer.stdout) == (2, ""), answer.output
    assert "Traceback" not in answer.stderr
    return answer.stderr


def said(home: Home, *arguments: str, code: int = 0) -> str:
    answer = tonghop_here(home, *arguments)
    assert answer.exit_code == code, answer.output
    return answer.stdout


# --- Help and wrong names


def test_help_lists_every_command(mini_issued: MiniHome) -> None:
    answer = tonghop(mini_issued.home, "--help")
    assert (answer.returncode, answer.stderr) == (0, "")
    for command in COMMANDS:
        assert f" {command} " in answer.stdout, command
    assert " check " in said(mini_issued.home, "plan", "--help")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_in_vietnamese(mini_issued: MiniHome, command: str) -> None:
    text = said(mini_issued.home, command, "--help")
    assert any(letter in text for letter in "ạảấầậắằếềệịọốồộớờợụủứừự")


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (("status", "--plan", "kh70_2202"), "Có phải “kh70_2022”?"),
        (("status", "--plan", "mini", "--round", "dot1"), "Có phải “dot_1”?"),
        (("status", "--plan", "kh70_2022", "--round", "ketqua"), "Có phải “ket_qua”?"),
        (("history", "DD-HNP", "--plan", "kh70_2022"), "Có phải “DD-HPN”?"),
        (("history", "Huyện uỷ An Bình", "--plan", "mini"), "Có phải mã “HU”?"),
        (("run", "--direct", "--plan", "minni"), "Có phải “mini”?"),
        (("run", "--direct", "--plan", "mini", "--round", "dot_3"), "Có phải “dot_"),
        (("run", "--plan", "minni"), "Có phải “mini”?"),
        (("templates", "--plan", "minni"), "Có phải “mini”?"),
        (("templates", "--plan", "kh70_2022", "--round", "ket_qua", "--unit", "7O3"), "Có phải “703”?"),
        (("export", "--out", "x", "--plan", "minni"), "Có phải “mini”?"),
        (("plan", "check", "minni"), "Có phải “mini”?"),
    ],
)
def test_a_wrong_name_is_met_with_the_right_one(
    mini_issued: MiniHome, tmp_path: Path, arguments: tuple[str, ...], hint: str
) -> None:
    arguments = tuple(str(tmp_path / "x") if a == "x" else a for a in arguments)
    assert hint in refused(mini_issued.home, *arguments)
    assert not list(tmp_path.iterdir())


# --- The clock


@pytest.mark.parametrize("clock", ["hôm qua", "2022-05-10T22:00:00", "2022-13-01T00:00:00+07:00"])
@pytest.mark.parametrize(
    "command", [("status",), ("run", "--direct"), ("history", "DU", "--plan", "mini")], ids=" ".join
)
def test_a_clock_that_cannot_be_read(mini_issued: MiniHome, clock: str, command: tuple[str, ...]) -> None:
    assert "TONGHOP_NOW" in refused(mini_issued.home, *command, now=clock)


def test_a_day_to_come_cannot_be_consolidated(mini: MiniHome) -> None:
    assert "chưa đến" in refused(mini.home, "run", "--direct", "--as-of", "2022-05-21")
    assert mini.outputs() == {}


@pytest.mark.parametrize("day", ["2022-05-32", "hôm qua", "05/2022"])
def test_a_day_that_cannot_be_read(mini_issued: MiniHome, day: str) -> None:
    assert "không phải ngày" in refused(mini_issued.home, "status", "--as-of", day)


def test_a_day_may_be_written_as_people_write_it(lived_in: MiniHome) -> None:
    ours = said(lived_in.home, "status", "--plan", "mini", "--as-of", "9/5/2022", "--json")
    assert json.loads(ours)["as_of"] == "2022-05-09"


# --- check


@pytest.fixture(scope="module")
def files(mini_issued: MiniHome, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    with pytest.MonkeyPatch.context() as patch:
        home = mini_issued.copy(tmp_path_factory.mktemp("check") / "nha", patch)
        made = {
            "accepted": home.drop(mini_report("DU"), name="đạt.xlsx"),
            "accepted_with_warnings": home.drop(mini_report("DU", tong=" 10 "), name="lưu ý.xlsx"),
            "rejected": home.drop(mini_report("DU", nam=7), name="sai.xlsx"),
            "unusable": home.home.inbox / "không.xlsx",
        }
        made["unusable"].write_bytes(b"<html></html>")
        return made


@pytest.mark.parametrize(
    ("verdicts", "code"),
    [
        (["accepted"], 0),
        (["accepted_with_warnings"], 0),
        (["rejected"], 1),
        (["unusable"], 2),
        (["accepted", "rejected", "accepted_with_warnings"], 1),
        (["unusable", "rejected", "accepted"], 2),
    ],
)
def test_check(mini_issued: MiniHome, files: dict[str, Path], verdicts: list[str], code: int) -> None:
    before = sorted(p for p in mini_issued.home.root.rglob("*"))
    text = said(mini_issued.home, "check", "--json", *(str(files[v]) for v in verdicts), code=code)
    told = json.loads(text)
    assert [one["verdict"] for one in told] == verdicts
    for one, verdict in zip(told, verdicts, strict=True):
        assert list(one) == CHECK_KEYS
        assert one["sha256"] == hashlib.sha256(files[verdict].read_bytes()).hexdigest()
        assert (one["file"], one["plan"], one["round"], one["unit"]) == (
            (str(files[verdict]), None, None, None)
            if verdict == "unusable"
            else (str(files[verdict]), "mini", "dot_1", "DU")
        )
        assert all(list(finding) == FINDING_KEYS for finding in one["findings"])
        assert bool(one["findings"]) == (verdict != "accepted")
    assert sorted(p for p in mini_issued.home.root.rglob("*")) == before, "nothing is stored"


def test_check_names_the_cell(mini_issued: MiniHome, files: dict[str, Path]) -> None:
    (told,) = json.loads(said(mini_issued.home, "check", "--json", str(files["rejected"]), code=1))
    (finding,) = told["findings"]
    assert (finding["severity"], finding["sheet"]) == ("error", "M1 Học tập")
    assert finding["cell"]
    words = said(mini_issued.home, "check", str(files["rejected"]), code=1)
    assert "SẼ BỊ TRẢ LẠI" in words
    assert finding["cell"] in words


def test_check_of_a_file_that_is_not_there(mini_issued: MiniHome, tmp_path: Path) -> None:
    (told,) = json.loads(said(mini_issued.home, "check", "--json", str(tmp_path / "a.xlsx"), code=2))
    assert told["verdict"] == "unusable"
    assert [f["code"] for f in told["findings"]] == ["NOT_A_FILE"]


def test_check_as_of_the_day_it_will_be_sent(mini_issued: MiniHome, tmp_path: Path) -> None:
    home = mini_issued.home
    filled = tmp_path / "a.xlsx"
    from pipelines.demo.clerk import fill

    fill(mini_issued.template("DU"), filled, mini_report("DU", ngay_kiem_tra=date(2022, 5, 5)))
    said(home, "check", "--as-of", "2022-05-04", str(filled), code=1)
    said(home, "check", "--as-of", "2022-05-05", str(filled), code=0)


# --- status and history


def test_the_shape_of_status(lived_in: MiniHome) -> None:
    told = json.loads(said(lived_in.home, "status", "--plan", "mini", "--round", "dot_1", "--json"))
    assert list(told) == STATUS_KEYS
    assert (told["plan"], told["round"], told["as_of"], told["due"]) == ("mini", "dot_1", "2022-05-20", "2022-05-10")
    assert all(list(unit) == UNIT_KEYS for unit in told["units"])
    assert all(list(total) == INDICATOR_KEYS for total in told["indicators"])
    assert all(list(cell) == BY_UNIT_KEYS for cell in told["by_unit"])
    assert {u["code"]: u["state"] for u in told["units"]} == {
        "HU": "qua_han",
        "DU": "dung_han",
        "CQ": "qua_han",
        "MIEN": "mien",
    }
    assert [i["id"] for i in told["indicators"]] == ["T1", "T2", "K1", "NB", "NB.1"]
    du = next(u for u in told["units"] if u["code"] == "DU")
    assert du["accepted_at"] == "2022-05-09T22:00:00+07:00"


def test_the_shape_of_history(lived_in: MiniHome) -> None:
    told = json.loads(said(lived_in.home, "history", "du", "--plan", "mini", "--json"))
    assert all(list(version) == HISTORY_KEYS for version in told)
    assert [(v["version"], v["verdict"], v["counts"]) for v in told] == [(1, "accepted", True), (2, "rejected", False)]
    assert told[0]["source_name"] == "Báo cáo Đảng uỷ.xlsx"
    assert told[0]["received_at"] == "2022-05-09T22:00:00+07:00"
    assert json.loads(said(lived_in.home, "history", "HU", "--plan", "mini", "--json")) == []


def test_status_and_history_for_people(lived_in: MiniHome) -> None:
    words = said(lived_in.home, "status", "--plan", "mini")
    for expected in ("Đảng uỷ Bến Sỏi", "Đúng hạn", "Quá hạn", "Được miễn", "dot_2"):
        assert expected in words
    assert "Báo cáo Đảng uỷ.xlsx" in said(lived_in.home, "history", "DU", "--plan", "mini")
    assert "chưa nộp" in said(lived_in.home, "history", "HU", "--plan", "mini")


def test_asking_an_empty_home(mini: MiniHome) -> None:
    told = json.loads(said(mini.home, "status", "--plan", "mini", "--json"))
    assert {u["state"] for u in told["units"]} == {"qua_han", "mien"}
    assert json.loads(said(mini.home, "history", "DU", "--plan", "mini", "--json")) == []
    assert not mini.home.dataset.exists(), "asking makes nothing"


# --- export


def test_parquet_and_csv_say_the_same(lived_in: MiniHome, tmp_path: Path) -> None:
    said(lived_in.home, "export", "--plan", "mini", "--out", str(tmp_path / "p"))
    said(lived_in.home, "export", "--plan", "mini", "--out", str(tmp_path / "c"), "--format", "csv")
    tables = sorted(p.stem for p in (tmp_path / "p").glob("*.parquet"))
    assert tables == ["bia", "hoc_tap", "khai_bao", "khen", "nop_bao_cao"]
    assert sorted(p.stem for p in (tmp_path / "c").glob("*.csv")) == tables
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'Asia/Ho_Chi_Minh'")
        for table in tables:
            parquet = connection.sql(f"SELECT * FROM read_parquet('{tmp_path / 'p' / table}.parquet')")
            csv = connection.sql(f"SELECT * FROM read_csv('{tmp_path / 'c' / table}.csv', all_varchar = true)")
            assert parquet.columns == csv.columns, table
            as_text = parquet.project(", ".join(f'"{c}"::VARCHAR' for c in parquet.columns)).fetchall()
            inert = [tuple("'" + c if c == FORMULA else c for c in row) for row in as_text]
            assert inert == csv.fetchall(), table
    (row,) = duckdb.read_parquet(str(tmp_path / "p" / "khen.parquet")).fetchall()
    assert FORMULA in row
    assert "'" + FORMULA.replace('"', '""') in (tmp_path / "c" / "khen.csv").read_text(encoding="utf-8")


def test_what_is_not_to_be_stored_is_not_exported(lived_in: MiniHome, tmp_path: Path) -> None:
    said(lived_in.home, "export", "--plan", "mini", "--out", str(tmp_path))
    assert "dien_thoai" not in duckdb.read_parquet(str(tmp_path / "bia.parquet")).columns


def test_an_unknown_format(lived_in: MiniHome, tmp_path: Path) -> None:
    assert "parquet hoặc csv" in refused(lived_in.home, "export", "--out", str(tmp_path), "--format", "xlsx")


# --- templates


def test_templates_of_one_unit(mini: MiniHome) -> None:
    shutil.rmtree(mini.home.outbox)
    text = said(mini.home, "templates", "--plan", "mini", "--round", "dot_1", "--unit", "du")
    assert "1 biểu mẫu" in text
    assert [p.relative_to(mini.home.outbox).as_posix() for p in mini.home.outbox.rglob("*.xlsx")] == [
        "mini/dot_1/mau/DU.xlsx"
    ]


def test_templates_are_left_as_they_are(mini: MiniHome) -> None:
    before = mini.template("HU").stat().st_mtime_ns
    said(mini.home, "templates", "--plan", "mini")
    assert mini.template("HU").stat().st_mtime_ns == before


# --- plan check, doctor, run


def test_plan_check_of_a_right_plan(mini_issued: MiniHome) -> None:
    assert "hợp lệ" in said(mini_issued.home, "plan", "check", "kh70_2022")
    assert "2 kỳ báo cáo, 3 biểu" in said(mini_issued.home, "plan", "check", str(MINI))


@pytest.fixture
def spoilt(mini: MiniHome) -> MiniHome:
    """A home whose plan `mini` has three faults in three tables."""
    folder = mini.home.root / "plans" / "mini"
    for table, right, wrong in (
        ("rounds", "2022-05-10", "10/5/2022"),
        ("fields", "hoc_tap,tong,Tổng số đảng viên,Đảng viên,count", "hoc_tap,tong,Tổng số đảng viên,Đảng viên,số"),
        ("indicators", "khen.so_luot", "khen.so_luott"),
    ):
        path = folder / f"{table}.csv"
        text = path.read_text(encoding="utf-8")
        assert right in text
        path.write_text(text.replace(right, wrong), encoding="utf-8")
    return mini


def test_plan_check_tells_every_fault(spoilt: MiniHome) -> None:
    sentence = refused(spoilt.home, "plan", "check", "mini")
    for place in ("Bảng rounds, dòng 2, cột due", "Bảng fields, dòng 7, cột type", "Bảng indicators, dòng 4"):
        assert place in sentence


def test_a_plan_without_a_table(mini: MiniHome) -> None:
    (mini.home.root / "plans" / "mini" / "choices.csv").unlink()
    assert "thiếu tệp choices.csv" in refused(mini.home, "plan", "check", "mini")


def test_doctor_on_a_healthy_home(lived_in: MiniHome) -> None:
    answer = tonghop(lived_in.home, "doctor")
    assert answer.returncode == 0, answer.stdout
    assert "✗" not in answer.stdout
    assert "3 bản nộp" in answer.stdout


def test_doctor_names_an_unreadable_plan(spoilt: MiniHome) -> None:
    text = said(spoilt.home, "doctor", code=1)
    assert "tonghop plan check mini" in text
    assert text.count("✗") == 2, "the plan, and the sentence at the end"


def test_doctor_on_a_damaged_archive_and_dataset(mini: MiniHome) -> None:
    mini.drop(mini_report("DU"))
    mini.night("2022-05-09")
    mini.home.dataset.write_bytes(b"no database")
    assert "chạy “tonghop rebuild”" in said(mini.home, "doctor", code=1)
    (note,) = mini.home.archive.glob("??/*.json")
    note.write_text("{", encoding="utf-8")
    assert "Kho lưu hỏng" in said(mini.home, "doctor", code=1)


def test_a_damaged_dataset_is_met_with_its_remedy(mini: MiniHome) -> None:
    mini.drop(mini_report("DU"))
    before = mini.night("2022-05-09").results
    mini.home.dataset.write_bytes(b"no database" * 2000)
    for command in (("status", "--plan", "mini"), ("run", "--direct", "--plan", "mini"), ("history", "DU")):
        assert "tonghop rebuild" in refused(mini.home, *command)
    said(mini.home, "rebuild")
    assert mini.night("2022-05-09").results == before


def test_an_empty_key_is_no_key(mini: MiniHome) -> None:
    mini.home.secret_key.write_text("\n", encoding="ascii")
    for command in (("templates", "--plan", "mini"), ("run", "--direct", "--plan", "mini")):
        assert "secret.key rỗng" in refused(mini.home, *command)
    assert "secret.key rỗng" in said(mini.home, "doctor", code=1)


def test_doctor_on_a_key_others_can_read(mini: MiniHome) -> None:
    mini.home.secret_key.chmod(stat.S_IRUSR | stat.S_IWUSR | stat.S_IROTH)
    assert "chmod 600" in said(mini.home, "doctor", code=1)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
@pytest.mark.parametrize(
    ("mode", "said_of_it"), [(0o755, "đọc được các báo cáo gốc"), (0o777, "thay được khoá"), (0o700, "")]
)
def test_doctor_on_a_store_others_can_enter(mini: MiniHome, mode: int, said_of_it: str) -> None:
    mini.home.store.chmod(mode)
    answer = said(mini.home, "doctor")
    assert ("chmod 700" in answer, said_of_it in answer) == (bool(said_of_it), True)


def test_doctor_on_a_clock_that_cannot_be_read(mini: MiniHome) -> None:
    answer = tonghop_here(mini.home, "doctor", now="hôm qua")
    assert answer.exit_code == 1, answer.output
    assert "TONGHOP_NOW" in answer.stdout


def test_a_night_is_told_in_a_few_lines(mini: MiniHome) -> None:
    mini.drop(mini_report("DU", nam=7))
    answer = tonghop(mini.home, "run", "--direct", "--plan", "mini")
    assert (answer.returncode, answer.stderr) == (0, ""), "a rejected report is no failure of the night"
    assert "1 bị trả lại" in answer.stdout
    assert answer.stdout.count("Mở: ") == 2


def test_a_home_that_is_not_there_yet_is_made(tmp_path: Path) -> None:
    home = Home(tmp_path / "mới")
    said(home, "run", "--direct", "--plan", "kh70_2022", "--round", "ket_qua")
    assert {p.name for p in home.root.iterdir()} == {"inbox", "outbox", "store"}
