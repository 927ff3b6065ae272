"""An archive that has lost something: every command says so and nothing good is replaced by less."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.archive import Archive
from pipelines.stamp import VARIABLE as SECRET
from pipelines.store import Home
from tests.homes import MiniHome, mini_report, tonghop_here
from tests.kept_homes import EVENING, files_of, said, verified, with_history

ACCEPTED = "du 2.xlsx"


@pytest.fixture(scope="module")
def base(mini_issued: MiniHome, tmp_path_factory: pytest.TempPathFactory) -> MiniHome:
    """A home with something of everything; to copy."""
    with pytest.MonkeyPatch.context() as patch:
        mini = with_history(mini_issued.copy(tmp_path_factory.mktemp("kho") / "nha", patch))
    return MiniHome(mini.home, None)


@pytest.fixture
def home(base: MiniHome, tmp_path: Path) -> Home:
    """A copy of it."""
    shutil.copytree(base.home.root, tmp_path / "nha")
    return Home(tmp_path / "nha")


def bytes_of(home: Home, name: str) -> Path:
    """Where the bytes lie that first came under a name."""
    (sha,) = (n.sha256 for n in Archive(home.archive).notes() if n.arrivals[0].source_name == name)
    return home.archive / sha[:2] / sha


def _archive_gone(home: Home) -> None:
    shutil.rmtree(home.archive)


def _note_gone(home: Home) -> None:
    bytes_of(home, ACCEPTED).with_suffix(".json").unlink()


def _bytes_gone(home: Home) -> None:
    bytes_of(home, ACCEPTED).unlink()


def _both_gone(home: Home) -> None:
    path = bytes_of(home, ACCEPTED)
    path.unlink()
    path.with_suffix(".json").unlink()


def _folder_instead(home: Home) -> None:
    path = bytes_of(home, ACCEPTED)
    path.unlink()
    path.mkdir()


def _bytes_changed(home: Home) -> None:
    bytes_of(home, ACCEPTED).write_bytes(b"PK")


def _note_changed(home: Home) -> None:
    bytes_of(home, ACCEPTED).with_suffix(".json").write_text("{", encoding="utf-8")


def _plan_gone(home: Home) -> None:
    shutil.rmtree(next((home.archive / "plans" / "mini").iterdir()))


def _plan_changed(home: Home) -> None:
    path = next((home.archive / "plans" / "mini").iterdir()) / "fields.csv"
    path.write_text("mươi", encoding="utf-8")


HARM = (
    _archive_gone,
    _note_gone,
    _bytes_gone,
    _both_gone,
    _folder_instead,
    _bytes_changed,
    _note_changed,
    _plan_gone,
    _plan_changed,
)


@pytest.mark.parametrize("harm", HARM)
def test_a_good_dataset_is_never_replaced_by_less(home: Home, harm: Callable[[Home], None]) -> None:
    before = said(home)
    harm(home)
    answer = tonghop_here(home, "rebuild")
    assert (answer.exit_code, answer.stdout) == (2, ""), answer.output
    assert "từ bản sao lưu" in answer.stderr.replace("\n", " ")
    assert "Traceback" not in answer.output
    assert verified(home, code=1)["faults"]
    assert said(home) == before


@pytest.mark.parametrize("harm", HARM)
def test_no_backup_is_made_of_it(home: Home, tmp_path: Path, harm: Callable[[Home], None]) -> None:
    target = tmp_path / "luu.zip"
    assert tonghop_here(home, "backup", str(target)).exit_code == 0
    whole = target.read_bytes()
    harm(home)
    answer = tonghop_here(home, "backup", str(target))
    if harm in (_plan_gone, _plan_changed):
        pytest.skip("a backup does not judge plan versions: `verify` does")
    assert (answer.exit_code, answer.stdout) == (2, ""), answer.output
    assert "bản cũ còn nguyên" in answer.stderr
    assert target.read_bytes() == whole


@pytest.mark.parametrize("harm", [_note_gone, _bytes_gone, _both_gone])
def test_a_run_goes_on_and_says_it(home: Home, harm: Callable[[Home], None]) -> None:
    before = json.loads(said(home))
    harm(home)
    answer = tonghop_here(home, "run", "--direct", "--plan", "mini")
    assert answer.exit_code == 0, answer.output
    assert "CẢNH BÁO: kho lưu đã mất" in answer.stdout
    assert json.loads(said(home))["units"] == before["units"]
    doctor = tonghop_here(home, "doctor")
    assert doctor.exit_code == 1
    assert "kho lưu đã mất" in doctor.stdout


def test_without_its_archive_nothing_is_published(home: Home) -> None:
    _archive_gone(home)
    outbox = files_of(home.outbox)
    answer = tonghop_here(home, "run", "--direct", "--plan", "mini")
    assert (answer.exit_code, answer.stdout) == (2, ""), answer.output
    assert "trống, trong khi kho dữ liệu có 6 tệp đã nhận" in answer.stderr.replace("\n", " ")
    assert files_of(home.outbox) == outbox


def test_a_lost_note_is_a_fault_though_the_dataset_forgot_it(home: Home) -> None:
    path = bytes_of(home, ACCEPTED)
    _note_gone(home)
    answer = tonghop_here(home, "rebuild", "--force")
    assert answer.exit_code == 0, answer.output
    assert "! Chấp nhận mất (--force): kho lưu đã mất ghi chú của “du 2.xlsx”" in answer.stdout
    (fault,) = verified(home, code=1)["faults"]
    assert (fault["kind"], fault["sha256"]) == ("note_missing", path.name)
    assert "chép tệp này vào inbox/" in fault["message"]
    shutil.copyfile(path, home.inbox / "nhận lại.xlsx")
    assert tonghop_here(home, "run", "--direct", "--plan", "mini").exit_code == 0
    assert verified(home, "--dataset")["intact"]


@pytest.mark.parametrize("harm", [_bytes_gone, _bytes_changed, _folder_instead])
def test_with_force_the_rest_is_rebuilt(home: Home, harm: Callable[[Home], None]) -> None:
    harm(home)
    answer = tonghop_here(home, "rebuild", "--force")
    assert (answer.exit_code, answer.stderr) == (0, ""), answer.output
    assert "Đã dựng lại kho dữ liệu từ 5 tệp" in answer.stdout


def test_bytes_that_wait_in_the_inbox_are_no_loss(home: Home) -> None:
    path = bytes_of(home, ACCEPTED)
    for folder in (home.inbox, home.inbox / "DU"):
        folder.mkdir(exist_ok=True)
    shutil.copyfile(path, home.inbox / "DU" / "lại.xlsx")
    _note_gone(home)
    assert [f["kind"] for f in verified(home, code=1)["faults"]] == ["row_without_note"]
    home.dataset.unlink()
    assert verified(home)["left_behind"] == [path.relative_to(home.store).as_posix()]


def test_the_archive_is_looked_at_though_the_dataset_is_damaged(home: Home) -> None:
    home.dataset.write_bytes(b"junk" * 5000)
    _bytes_changed(home)
    kinds = {fault["kind"] for fault in verified(home, code=1)["faults"]}
    assert kinds == {"dataset_damaged", "bytes_changed"}


# --- the list of the keys that have stamped here


def _gone(path: Path) -> None:
    path.unlink()


def _emptied(path: Path) -> None:
    path.write_text("[]", encoding="utf-8")


@pytest.mark.parametrize("harm", [_gone, _emptied])
@pytest.mark.parametrize(
    "command", [("run", "--direct", "--plan", "mini"), ("templates", "--plan", "mini"), ("control",)]
)
def test_a_wrong_key_is_refused_without_the_list_of_keys_too(
    home: Home, harm: Callable[[Path], None], command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    harm(home.stamped_keys)
    (fault,) = verified(home, code=1)["faults"]
    assert fault["kind"] == "keys_missing"
    before = files_of(home.root)
    monkeypatch.setenv(SECRET, "khoá của ai khác, đủ dài để dùng")
    answer = tonghop_here(home, *command)
    assert (answer.exit_code, answer.stdout) == (2, ""), answer.output
    assert "không phải khoá đã đóng dấu các báo cáo" in answer.stderr.replace("\n", " ")
    after = files_of(home.root)
    assert {n for n in after if not n.endswith((".lock", "run.json"))} == {
        n for n in before if not n.endswith((".lock", "run.json"))
    }
    monkeypatch.delenv(SECRET)
    answer = tonghop_here(home, *command)
    assert answer.exit_code == 0, answer.output
    assert verified(home)["intact"], "the right key is written down again"


def test_an_archive_without_any_stamp_takes_the_key_there_is(mini: MiniHome) -> None:
    (mini.home.inbox / "lạ.xlsx").write_bytes(b"x,y\n1,2\n")
    assert mini.night("2022-05-09").verdicts["unusable"] == 1
    mini.home.stamped_keys.unlink()
    mini.drop(mini_report("DU"))
    assert mini.night("2022-05-10").verdicts["accepted"] == 1
    assert mini.home.stamped_keys.exists()


def test_what_has_its_verdict_is_rebuilt_under_a_key_file_that_may_not_be_used(home: Home) -> None:
    before = said(home)
    home.secret_key.chmod(0o644)
    answer = tonghop_here(home, "rebuild", now=EVENING)
    assert answer.exit_code == 0, answer.output
    assert said(home) == before
