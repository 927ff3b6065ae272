"""The command line: what each command is called and takes. What it does stands in the modules beside.

A command imports what it needs when it runs, so that `--help` answers at once. Exit codes: 0 done, 1 what was asked
about is not well (a rejected file, a failed test), 2 it could not be done (and one sentence why).
"""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from pipelines import __version__
from pipelines.cli.faults import said_plainly
from pipelines.cli.options import day_option
from pipelines.cli.usage import VietnameseUsage

app = typer.Typer(
    cls=VietnameseUsage,
    help="Tổng hợp: từ kế hoạch ra biểu mẫu Excel, từ biểu đã điền ra số liệu toàn tỉnh và bảng tổng hợp.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
plan_app = typer.Typer(help="Kế hoạch: kiểm tra các bảng của kế hoạch.", no_args_is_help=True)
app.add_typer(plan_app, name="plan")
key_app = typer.Typer(help="Khoá đóng dấu biểu mẫu: xem, thay.", no_args_is_help=True)
app.add_typer(key_app, name="key")

PlanOption = Annotated[str | None, typer.Option("--plan", "-p", help="Mã kế hoạch, ví dụ kh70_2022.")]
RoundOption = Annotated[str | None, typer.Option("--round", "-r", help="Mã kỳ báo cáo, ví dụ ket_qua.")]
AsOfOption = Annotated[
    date | None,
    typer.Option(
        "--as-of", parser=day_option, metavar="NGÀY", help="Số liệu đến hết ngày này (2022-05-10 hoặc 10/5/2022)."
    ),
]
SinceOption = Annotated[
    date,
    typer.Option("--since", parser=day_option, metavar="NGÀY", help="So với hết ngày này (2022-05-10 hoặc 10/5/2022)."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="In JSON cho chương trình khác đọc.")]


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"tonghop {__version__}")
        raise typer.Exit


@app.callback()
def _home(
    home: Annotated[
        Path | None,
        typer.Option("--home", metavar="THƯ_MỤC", help="Nơi đặt inbox/, outbox/, store/ (hoặc biến TONGHOP_HOME)."),
    ] = None,
    version: Annotated[  # noqa: ARG001
        bool, typer.Option("--version", callback=_version, is_eager=True, help="In phiên bản.")
    ] = False,
) -> None:
    if home is not None:
        os.environ["TONGHOP_HOME"] = str(home.expanduser().resolve())


@app.command()
@said_plainly
def demo(
    directory: Annotated[
        Path | None, typer.Option("--dir", metavar="THƯ_MỤC", help="Nơi dựng tỉnh thu nhỏ (mặc định: demo/).")
    ] = None,
) -> None:
    """Chạy thử cả quy trình trên một tỉnh thu nhỏ: 29 đơn vị, bốn đêm tổng hợp."""
    from pipelines.cli.demo import run_demo

    run_demo(directory)


@app.command()
@said_plainly
def templates(
    plan: PlanOption = None,
    round_id: RoundOption = None,
    unit: Annotated[str | None, typer.Option("--unit", "-u", help="Chỉ một đơn vị, ví dụ 703.")] = None,
) -> None:
    """Ghi biểu mẫu trắng cho các đơn vị vào outbox/<kế hoạch>/<kỳ>/mau/."""
    from pipelines.cli.work import write_templates

    write_templates(plan, round_id, unit)


@app.command()
@said_plainly
def control(
    plan: PlanOption = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="TỆP", help="Nơi ghi sổ (mặc định: outbox/<kế hoạch>/dieu_hanh/).")
    ] = None,
) -> None:
    """Ghi sổ điều hành, ghi sẵn những gì đang có hiệu lực.

    Thời hạn mà kế hoạch để ngỏ, gia hạn, miễn báo cáo, thay đổi đơn vị,
    nơi liên hệ. Sửa rồi chép vào inbox/DIEU-HANH/; sổ mới nhất được nhận
    thay toàn bộ sổ trước.
    """
    from pipelines.cli.control import write_control_workbook

    write_control_workbook(plan, out)


@app.command()
@said_plainly
def check(
    files: Annotated[list[Path], typer.Argument(metavar="TỆP…", help="Một hay nhiều biểu đã điền.")],
    as_json: JsonOption = False,
    as_of: AsOfOption = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="THƯ_MỤC", help="Nơi ghi bản đánh dấu các ô cần sửa của từng tệp.")
    ] = None,
) -> None:
    """Kiểm tra biểu đã điền mà không lưu gì. Mã thoát: 0 đạt, 1 bị trả lại, 2 không dùng được."""
    from pipelines.intake import kept_warm

    with kept_warm():  # the child that reads starts while pandas is imported
        from pipelines.cli.checking import check_files

        code = check_files(files, as_json=as_json, as_of=as_of, out=out)
    raise typer.Exit(code)


@app.command()
@said_plainly
def run(
    plan: PlanOption = None,
    round_id: RoundOption = None,
    as_of: AsOfOption = None,
    since: Annotated[
        date | None,
        typer.Option(
            "--since",
            parser=day_option,
            metavar="NGÀY",
            help="Trang Thay đổi: so với hết ngày này (mặc định: lần trước).",
        ),
    ] = None,
    direct: Annotated[bool, typer.Option("--direct", help="Không dùng Prefect.")] = False,
) -> None:
    """Chạy tổng hợp: nhận tệp, kiểm tra, nhập kho, trả lời, ghi bảng tổng hợp."""
    from pipelines.cli.work import run_night_now

    run_night_now(plan, round_id, as_of, since, direct=direct)


@app.command()
@said_plainly
def watch(
    poll: Annotated[
        bool, typer.Option("--poll", help="Tự nhìn lại mỗi giây, không chờ hệ điều hành báo (thư mục mạng).")
    ] = False,
    every: Annotated[
        float, typer.Option("--every", min=1, metavar="GIÂY", help="Dù không có gì báo, vẫn xem lại sau mỗi chừng ấy.")
    ] = 30,
    publish_after: Annotated[
        float,
        typer.Option(
            "--publish-after",
            min=0,
            metavar="GIÂY",
            help="Hộp nhận yên chừng ấy thì ghi lại bảng tổng hợp; 0: không ghi, để lệnh run.",
        ),
    ] = 60,
) -> None:
    """Theo dõi inbox/ và trả lời từng tệp trong vài giây sau khi tệp đến.

    Làm đúng các bước của lệnh run cho từng tệp: nhận, kiểm tra, trả lời.
    Mỗi tệp một dòng: giờ, tên tệp, đơn vị, kết quả, số lỗi, nơi có trả lời.

    Tệp đang mở hay đang chép dở thì chờ. Hộp nhận trên thư mục mạng thì
    tự chuyển sang nhìn lại mỗi giây.

    Dừng bằng Ctrl+C: lượt đang làm được làm xong. Bị ngắt lúc nào cũng
    không mất tệp: lần sau làm nốt.
    """
    from pipelines.cli.watching import watch_inbox

    watch_inbox(poll=poll, every=every, publish_after=publish_after)


@app.command()
@said_plainly
def status(
    plan: PlanOption = None, round_id: RoundOption = None, as_of: AsOfOption = None, as_json: JsonOption = False
) -> None:
    """Đơn vị nào đã nộp, bản nào được tính, các chỉ tiêu đến đâu."""
    from pipelines.cli.asking import show_status

    show_status(plan, round_id, as_of, as_json=as_json)


@app.command()
@said_plainly
def history(
    unit: Annotated[str, typer.Argument(metavar="ĐƠN_VỊ", help="Mã đơn vị, ví dụ 703.")],
    plan: PlanOption = None,
    round_id: RoundOption = None,
    as_json: JsonOption = False,
) -> None:
    """Mọi bản một đơn vị đã nộp, kết quả kiểm tra và bản nào được tính."""
    from pipelines.cli.asking import show_history

    show_history(unit, plan, round_id, as_json=as_json)


@app.command()
@said_plainly
def changes(
    since: SinceOption,
    plan: PlanOption = None,
    round_id: RoundOption = None,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Từ hết một ngày trước đến nay có gì khác: tệp đến, tệp rút, trạng thái, chỉ tiêu, số liệu, quyết định."""
    from pipelines.cli.changes import show_changes

    show_changes(plan, round_id, since, as_of, as_json=as_json)


@app.command()
@said_plainly
def withdraw(
    sha256: Annotated[str, typer.Argument(metavar="SHA256", help="Mã SHA-256 của bản nộp (hoặc ít nhất 8 ký tự đầu).")],
    reason: Annotated[str, typer.Option("--reason", help="Lý do, ghi vào kho lưu.")],
) -> None:
    """Rút một bản đã nộp: bản đó thôi được tính, bản trước lại được tính; không xoá gì."""
    from pipelines.cli.work import withdraw_submission

    withdraw_submission(sha256, reason)


@app.command()
@said_plainly
def export(
    out: Annotated[Path, typer.Option("--out", metavar="THƯ_MỤC", help="Nơi ghi các bảng.")],
    form: Annotated[str, typer.Option("--format", help="parquet hoặc csv.")] = "parquet",
    plan: PlanOption = None,
) -> None:
    """Xuất số liệu toàn tỉnh ra Parquet hoặc CSV."""
    from pipelines.cli.work import export_dataset

    export_dataset(out, form, plan)


@app.command()
@said_plainly
def rebuild(
    force: Annotated[
        bool, typer.Option("--force", help="Dựng lại dù kho lưu đã mất một phần: chấp nhận mất các bản đó.")
    ] = False,
) -> None:
    """Dựng lại kho dữ liệu chỉ từ kho lưu."""
    from pipelines.cli.work import rebuild_dataset

    rebuild_dataset(force=force)


@app.command()
@said_plainly
def verify(
    dataset: Annotated[
        bool, typer.Option("--dataset", help="Dựng lại từ kho lưu vào chỗ tạm và so với kho dữ liệu đang dùng.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Soát kho lưu: tính lại SHA-256 của từng tệp, nêu tệp nào thiếu hay đã bị đổi. Mã thoát: 0 nguyên vẹn, 1 không."""
    from pipelines.cli.keeping import verify_archive

    raise typer.Exit(verify_archive(dataset=dataset, as_json=as_json))


@app.command()
@said_plainly
def backup(
    file: Annotated[Path, typer.Argument(metavar="TỆP", help="Tệp sao lưu sẽ ghi, ví dụ D:/sao-luu.zip.")],
) -> None:
    """Sao lưu kho lưu, khoá, kế hoạch riêng và outbox/ vào một tệp; chạy được cả khi đang tổng hợp."""
    from pipelines.cli.keeping import back_up

    back_up(file)


@app.command()
@said_plainly
def restore(
    file: Annotated[Path, typer.Argument(metavar="TỆP", help="Tệp do lệnh backup ghi.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Nơi này đang có số liệu: dời sang bên cạnh rồi khôi phục.")
    ] = False,
) -> None:
    """Khôi phục từ tệp sao lưu: soát từng tệp rồi mới đặt vào chỗ, sau đó dựng lại kho dữ liệu."""
    from pipelines.cli.keeping import restore_home

    restore_home(file, replace=replace)


@app.command()
@said_plainly
def refused(as_json: JsonOption = False) -> None:
    """Những tệp không dùng được đã đến: dấu giả, sai thư mục, không phải biểu mẫu…; tệp vẫn còn trong kho lưu."""
    from pipelines.cli.refused import show_refused

    show_refused(as_json=as_json)


@key_app.command("list")
@said_plainly
def key_list(as_json: JsonOption = False) -> None:
    """Các khoá đang nhận: dùng từ khi nào, hết hạn ngày nào. Không bao giờ in khoá."""
    from pipelines.cli.key import show_keys

    show_keys(as_json=as_json)


@key_app.command("rotate")
@said_plainly
def key_rotate(
    until: Annotated[
        date | None,
        typer.Option(
            "--until",
            parser=day_option,
            metavar="NGÀY",
            help="Biểu mẫu mang dấu cũ còn được nhận đến hết ngày này (mặc định: 30 ngày nữa).",
        ),
    ] = None,
) -> None:
    """Thay khoá: biểu mẫu phát từ nay mang dấu mới; dấu cũ còn được nhận đến một ngày."""
    from pipelines.cli.key import rotate_key

    rotate_key(until)


@plan_app.command("check")
@said_plainly
def plan_check(
    plan: Annotated[str, typer.Argument(metavar="KẾ_HOẠCH", help="Mã kế hoạch, hoặc thư mục của nó.")],
) -> None:
    """Kiểm tra tám bảng của một kế hoạch; nêu mọi lỗi cùng lúc."""
    from pipelines.cli.asking import check_plan

    raise typer.Exit(check_plan(plan))


@app.command()
@said_plainly
def doctor() -> None:
    """Bản cài đặt này có gì không ổn, nói bằng lời thường."""
    from pipelines.cli.doctor import examine

    raise typer.Exit(examine())


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def test(context: typer.Context) -> None:
    """Chạy bộ kiểm thử (pytest); đối số thêm được chuyển cho pytest."""
    from pipelines.cli.work import run_tests

    raise typer.Exit(run_tests(context.args))
