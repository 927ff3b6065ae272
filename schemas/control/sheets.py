"""The sheets D0–D5 of a control workbook and its choices, derived from the plan it governs."""

from __future__ import annotations

from dataclasses import replace

from schemas.control.names import (
    CHANGES,
    CONTACTS,
    CONTROL_ROUND,
    CONTROL_UNIT,
    COVER,
    DATES,
    EXEMPTIONS,
    EXTENSIONS,
    NEW_UNITS,
    UNIT_CHANGES,
    control_id,
    indicator_date,
    kind_choice,
    late_date,
    new_unit_choice,
    open_indicators,
    open_rounds,
    round_choice,
    round_date,
    sheet_choice,
    unit_choice,
)
from schemas.control.rules import control_rules
from schemas.plan import Choice, Field, FieldType, Plan, Round, Sheet, SheetKind, Unit

TITLE = "Sổ điều hành"
_KIND = "van_phong"
_ROWS, _UNIT_ROWS = 60, 200


def control_plan(plan: Plan) -> Plan:
    """The control plan of a plan, of the same version. `plan`: as its tables say, not as it is in force.

    One active round without a due date, one unit, no indicators; always stamped.
    """
    round_ = Round(CONTROL_ROUND, TITLE, None, active=True, clause="")
    unit = Unit(CONTROL_UNIT, TITLE, _KIND, "", "yes", "")
    rows = max(_UNIT_ROWS, len(plan.reporting_units) + _ROWS)
    return Plan(
        settings=replace(plan.settings, id=control_id(plan.id), stamp="required", parts=()),
        rounds=(round_,),
        sheets=(_cover(), _dates(), _extensions(), _exemptions(rows), _unit_changes(), _contacts(rows)),
        choices={name: _choices(name, texts) for name, texts in _lists(plan).items()}
        | {"unit_kind": (Choice("unit_kind", _KIND, plan.settings.office),)},
        rules=control_rules(plan),
        indicators=(),
        units=(unit,),
        version=plan.version,
    )


def _choices(name: str, texts: list[str]) -> tuple[Choice, ...]:
    return tuple(Choice(name, text, "") for text in texts)


def _lists(plan: Plan) -> dict[str, list[str]]:
    new = [new_unit_choice(code) for code in NEW_UNITS if code not in {u.code for u in plan.units}]
    kinds = dict.fromkeys(u.kind for u in plan.reporting_units)
    groups = {c.value: c.label for c in plan.choices.get("unit_kind", ())}
    tables = [s for s in plan.sheets if s.kind != "form"] or list(plan.sheets)
    return {
        "noi_dung": [
            *(round_date(r) for r in open_rounds(plan)),
            *(indicator_date(i) for i in open_indicators(plan)),
            *(late_date(r) for r in plan.rounds),
        ],
        "ky": [round_choice(r) for r in plan.rounds],
        "don_vi": [unit_choice(u) for u in plan.reporting_units] + new,
        "bieu": [sheet_choice(s) for s in tables],
        "loai": list(CHANGES),
        "nhom": [kind_choice(kind, groups.get(kind, kind)) for kind in kinds],
    }


def _cover() -> Sheet:
    return _sheet(
        COVER,
        "D0",
        "Sổ điều hành",
        "Sổ điều hành: những việc văn phòng quyết định trong thời gian thực hiện kế hoạch",
        "form",
        1,
        _field(COVER, "ma", "Mã", "text", 20, prefill="unit_code"),
        _field(COVER, "ten", "Tên", "text", 40, prefill="unit_name"),
        _field(COVER, "ngay_cap_nhat", "Ngày cập nhật", "date", 14, "Ngày sửa sổ lần này; có thể để trống."),
        _field(
            *(COVER, "bo_phan", "Bộ phận cập nhật", "text", 40),
            "Tên phòng, bộ phận; không ghi họ tên người. Có thể để trống.",
        ),
    )


def _dates() -> Sheet:
    return _sheet(
        DATES,
        "D1",
        "Thời hạn",
        "Thời hạn mà kế hoạch chưa ấn định, và ngày đề nghị nộp bù",
        "list",
        _ROWS,
        _field(
            *(DATES, "noi_dung", "Thời hạn của", "choice", 58),
            "Mỗi nội dung một dòng. Nội dung chưa quyết định thì để trống ngày, số văn bản và lý do.",
            required=True,
        ),
        _field(DATES, "ngay", "Ngày", "date", 14, "Hết ngày này vẫn là đúng hạn. Ghi ngày/tháng/năm."),
        *_basis(DATES, required=False),
    )


def _extensions() -> Sheet:
    return _sheet(
        EXTENSIONS,
        "D2",
        "Gia hạn",
        "Gia hạn nộp báo cáo cho từng đơn vị",
        "list",
        _UNIT_ROWS,
        _round(EXTENSIONS),
        _unit(EXTENSIONS, "Đơn vị được gia hạn. Mỗi đơn vị, mỗi kỳ một dòng."),
        _field(
            *(EXTENSIONS, "han_moi", "Hạn mới", "date", 14),
            "Không sớm hơn hạn chung của kỳ. Hết ngày này vẫn là đúng hạn.",
            required=True,
        ),
        *_basis(EXTENSIONS),
    )


def _exemptions(rows: int) -> Sheet:
    return _sheet(
        EXEMPTIONS,
        "D3",
        "Miễn báo cáo",
        "Đơn vị được miễn cả kỳ báo cáo, hoặc miễn một biểu",
        "list",
        rows,
        _unit(EXEMPTIONS, "Đơn vị được miễn. Mỗi đơn vị, mỗi kỳ, mỗi biểu một dòng."),
        _round(EXEMPTIONS),
        _field(EXEMPTIONS, "bieu", "Biểu được miễn", "choice", 24, "Để trống: miễn cả kỳ báo cáo."),
        *_basis(EXEMPTIONS),
    )


def _unit_changes() -> Sheet:
    return _sheet(
        UNIT_CHANGES,
        "D4",
        "Thay đổi đơn vị",
        "Đơn vị đổi tên, sáp nhập, giải thể, thành lập mới",
        "list",
        _ROWS,
        _field(UNIT_CHANGES, "loai", "Thay đổi", "choice", 13, "Mỗi thay đổi một dòng.", required=True),
        _field(UNIT_CHANGES, "tu_ngay", "Từ ngày", "date", 14, "Ngày thay đổi có hiệu lực.", required=True),
        _unit(UNIT_CHANGES, "Đơn vị có thay đổi; đơn vị mới thì để trống.", required=False),
        _field(UNIT_CHANGES, "ten_moi", "Tên mới", "text", 28, "Tên sau khi đổi, hoặc tên đơn vị mới."),
        replace(
            _unit(UNIT_CHANGES, "Đơn vị nhận các tổ chức của đơn vị sáp nhập.", required=False),
            id="vao_don_vi",
            label="Sáp nhập vào",
        ),
        _field(
            *(UNIT_CHANGES, "ma_moi", "Mã đơn vị mới", "text", 12),
            "Chữ hoa không dấu, chữ số, gạch nối; chưa đơn vị nào dùng. Muốn chọn đơn vị này ở biểu khác của sổ: dùng "
            f"mã {NEW_UNITS[0]} đến {NEW_UNITS[-1]}.",
        ),
        _field(
            UNIT_CHANGES, "nhom", "Nhóm của đơn vị mới", "choice", 24, "Quyết định những biểu mà đơn vị mới phải điền."
        ),
        *_basis(UNIT_CHANGES),
    )


def _contacts(rows: int) -> Sheet:
    return _sheet(
        CONTACTS,
        "D5",
        "Liên hệ",
        "Nơi nhận công văn, điện thoại, thư điện tử của từng đơn vị",
        "list",
        rows,
        _unit(CONTACTS, "Mỗi đơn vị một dòng."),
        _field(
            *(CONTACTS, "noi_nhan", "Nơi nhận", "text", 40),
            "Bộ phận nhận công văn, ví dụ: Văn phòng Huyện uỷ. Không ghi họ tên người.",
        ),
        _field(CONTACTS, "dien_thoai", "Điện thoại", "text", 18, "Số của cơ quan. Không ghi số riêng của người nào."),
        _field(
            CONTACTS,
            "thu_dien_tu",
            "Thư điện tử",
            "text",
            30,
            "Hộp thư của cơ quan. Không ghi thư riêng của người nào.",
        ),
    )


def _sheet(sheet: str, code: str, label: str, title: str, kind: SheetKind, rows: int, *fields: Field) -> Sheet:
    return Sheet(sheet, code, label, title, kind, "", (), (), rows, fields)


def _field(
    sheet: str,
    name: str,
    label: str,
    kind: FieldType,
    width: int,
    hint: str = "",
    *,
    required: bool = False,
    prefill: str = "",
) -> Field:
    choices = name if kind == "choice" else ""
    return Field(sheet, name, label, "", kind, required, choices, True, prefill, width, "", hint)


def _round(sheet: str) -> Field:
    return _field(sheet, "ky", "Kỳ báo cáo", "choice", 38, required=True)


def _unit(sheet: str, hint: str, *, required: bool = True) -> Field:
    return _field(sheet, "don_vi", "Đơn vị", "choice", 30 if sheet == UNIT_CHANGES else 46, hint, required=required)


def _basis(sheet: str, *, required: bool = True) -> tuple[Field, Field]:
    return (
        _field(sheet, "so_van_ban", "Số văn bản", "text", 16, "Ví dụ: 123-CV/BTGTU.", required=required),
        _field(sheet, "ly_do", "Lý do", "text", 34, "Ngắn gọn, không ghi họ tên người.", required=required),
    )
