"""The eight tables of a plan, checked one by one. Their shape is fixed, so it is written by hand (pandera models).

Every cell is read as text; a model says what each column must hold. What spans tables is checked in
`schemas.plan_links`. A column's `description` is the end of the sentence "cần …" (needed: …) in a fault.
"""

from __future__ import annotations

import pandas as pd
import pandera.pandas as pa
from pandera.typing import Series

from schemas.plan import DEVICE_NAMES

ID = r"^[a-z][a-z0-9_]*$"
INDICATOR_ID = r"^[A-Z][A-Z0-9.]*$"
UNIT_CODE = r"^[0-9A-Z][0-9A-Z-]{0,19}$"
DATE = r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$"
DATE_OR_NONE = rf"^$|{DATE}"
LIST = r"^$|^[^;\s]+(;[^;\s]+)*$"
SOME = r"\S"
NUMBER_OR_NONE = r"^$|^[1-9]\d{0,4}$"

_ID = "một mã chữ thường không dấu, ví dụ ket_qua"
_TEXT = "một nội dung, không để trống"
_YES_NO = "“yes” hoặc “no”"
_DATE = "ngày dạng năm-tháng-ngày (2022-05-10), hoặc để trống nếu kế hoạch không ấn định"
_LIST = "các mã cách nhau bằng dấu “;”, hoặc để trống"


def _real_date(column: Series[str]) -> pd.Series[bool]:
    return (column == "") | pd.to_datetime(column, format="%Y-%m-%d", errors="coerce").notna()


class _Table(pa.DataFrameModel):
    class Config:
        strict = True
        ordered = False


class Settings(_Table):
    """key, value: the plan's own particulars. Which keys there are: `SETTING_KEYS`."""

    key: Series[str] = pa.Field(str_matches=ID, unique=True, description="một khoá, mỗi khoá một dòng")
    value: Series[str] = pa.Field(str_matches=SOME, description=_TEXT)


class Rounds(_Table):
    """Reporting rounds; `due` empty where the plan gives no date."""

    id: Series[str] = pa.Field(str_matches=ID, unique=True, description=_ID + ", không lặp")
    label: Series[str] = pa.Field(str_matches=SOME, description=_TEXT)
    due: Series[str] = pa.Field(str_matches=DATE_OR_NONE, description=_DATE)
    active: Series[str] = pa.Field(isin=["yes", "no"], description=_YES_NO)
    clause: Series[str] = pa.Field()

    @pa.check("due", name="due_real", description=_DATE)
    def _due(cls, column: Series[str]) -> pd.Series[bool]:  # noqa: N805
        return _real_date(column)


class Sheets(_Table):
    """The forms of the template."""

    id: Series[str] = pa.Field(str_matches=ID, unique=True, description=_ID + ", không lặp")
    code: Series[str] = pa.Field(
        str_matches=r"^[A-Z][A-Z0-9]{0,4}$", unique=True, description="ký hiệu biểu, ví dụ B2, không lặp"
    )
    label: Series[str] = pa.Field(
        str_matches=r"^[^\[\]:*?/\\]{0,23}[^\[\]:*?/\\']$",
        description="tên trang tính ngắn (1–24 ký tự, không có [ ] : * ? / \\, không kết thúc bằng ')",
    )
    title: Series[str] = pa.Field(str_matches=SOME, description=_TEXT)
    kind: Series[str] = pa.Field(isin=["form", "org", "list"], description="form, org hoặc list")
    clause: Series[str] = pa.Field()
    rounds: Series[str] = pa.Field(str_matches=LIST, description=_LIST)
    applies_to: Series[str] = pa.Field(str_matches=LIST, description=_LIST)
    rows: Series[str] = pa.Field(str_matches=NUMBER_OR_NONE, description="số dòng trống của biểu list, ví dụ 200")


class Fields(_Table):
    """The columns of each sheet (lines of a form)."""

    sheet: Series[str] = pa.Field(str_matches=ID, description=_ID)
    id: Series[str] = pa.Field(str_matches=ID, description=_ID)
    label: Series[str] = pa.Field(str_matches=SOME, description=_TEXT)
    group: Series[str] = pa.Field()
    type: Series[str] = pa.Field(
        isin=["text", "count", "date", "yes_no", "choice"],
        description="text, count, date, yes_no hoặc choice",
    )
    required: Series[str] = pa.Field(isin=["yes", "no"], description=_YES_NO)
    choices: Series[str] = pa.Field(str_matches=r"^$|^[a-z][a-z0-9_]*$", description="mã một danh mục của bảng choices")
    stored: Series[str] = pa.Field(isin=["yes", "no"], description=_YES_NO)
    prefill: Series[str] = pa.Field(
        isin=["", "unit_code", "unit_name", "round_label"],
        description="để trống, unit_code, unit_name hoặc round_label",
    )
    width: Series[str] = pa.Field(str_matches=r"^([5-9]|[1-9]\d)$", description="độ rộng cột, 5–99 ký tự")
    clause: Series[str] = pa.Field()
    hint: Series[str] = pa.Field(str_length={"max_value": 250}, description="lời hướng dẫn không quá 250 ký tự")


class Choices(_Table):
    """The lists behind drop-downs, and `unit_kind`: which group a kind of unit belongs to."""

    list: Series[str] = pa.Field(str_matches=ID, description=_ID)
    value: Series[str] = pa.Field(str_matches=SOME, description=_TEXT)
    label: Series[str] = pa.Field()


class Rules(_Table):
    """Named rules with parameters `key=value;key=a,b`; never an expression."""

    id: Series[str] = pa.Field(str_matches=ID, unique=True, description=_ID + ", không lặp")
    sheet: Series[str] = pa.Field(str_matches=ID, description=_ID)
    rule: Series[str] = pa.Field(str_matches=ID, description="tên một quy tắc")
    severity: Series[str] = pa.Field(isin=["error", "warning"], description="error hoặc warning")
    params: Series[str] = pa.Field(
        str_matches=r"^[a-z]+=[^;=]+(;[a-z]+=[^;=]+)*$",
        description="tham số dạng value=a;limit=b (nhiều giá trị cách nhau dấu phẩy)",
    )
    clause: Series[str] = pa.Field()


class Indicators(_Table):
    """What is counted: rates, volumes and the reporting rate."""

    id: Series[str] = pa.Field(
        str_matches=INDICATOR_ID, unique=True, description="ký hiệu chỉ tiêu, ví dụ CT4.1, không lặp"
    )
    label: Series[str] = pa.Field(str_matches=SOME, description=_TEXT)
    kind: Series[str] = pa.Field(
        isin=["rate", "volume", "reporting", "on_time"], description="rate, volume, reporting hoặc on_time"
    )
    numerator: Series[str] = pa.Field(str_matches=LIST, description=_LIST)
    denominator: Series[str] = pa.Field(str_matches=LIST, description=_LIST)
    denominator_minus: Series[str] = pa.Field(str_matches=LIST, description=_LIST)
    target: Series[str] = pa.Field(
        str_matches=r"^$|^(100|[1-9]?\d)$", description="tỷ lệ phần trăm 0–100, hoặc để trống"
    )
    deadline: Series[str] = pa.Field(str_matches=DATE_OR_NONE, description=_DATE)
    clause: Series[str] = pa.Field()

    @pa.check("deadline", name="deadline_real", description=_DATE)
    def _deadline(cls, column: Series[str]) -> pd.Series[bool]:  # noqa: N805
        return _real_date(column)


class Units(_Table):
    """Reporting units and subordinate organisations; `basis` says how sure we are."""

    code: Series[str] = pa.Field(
        str_matches=UNIT_CODE,
        notin=DEVICE_NAMES,
        unique=True,
        description="mã đơn vị (chữ hoa, số, gạch nối), không lặp, không phải tên dành riêng của Windows (CON, COM1)",
    )
    name: Series[str] = pa.Field(str_matches=SOME, description=_TEXT)
    kind: Series[str] = pa.Field(str_matches=ID, description=_ID)
    parent: Series[str] = pa.Field(str_matches=rf"^$|{UNIT_CODE}", description="mã đơn vị cấp trên, hoặc để trống")
    reports: Series[str] = pa.Field(isin=["yes", "no", "exempt"], description="yes, no hoặc exempt")
    basis: Series[str] = pa.Field()


TABLES: dict[str, type[_Table]] = {
    "settings": Settings,
    "rounds": Rounds,
    "sheets": Sheets,
    "fields": Fields,
    "choices": Choices,
    "rules": Rules,
    "indicators": Indicators,
    "units": Units,
}

RESERVED_PLANS = frozenset({"main", "temp", "system", "pg_catalog", "information_schema", "copy", "beside"})
RESERVED_ROUNDS = frozenset({"dieu_hanh"})
RESERVED_UNITS = frozenset({"DIEU-HANH"})
"""The round and the unit of every plan's control workbook (`schemas.control`)."""
RESERVED_SHEETS = frozenset({"end", "nop_bao_cao", "khai_bao"})
RESERVED_FIELDS = frozenset(
    {
        *("sha256", "tab", "excel_row", "organisation", "organisation_name", "unit", "unit_name", "plan", "round"),
        *("version", "source_name", "tinh_trang", "declared"),
    }
)
"""Ids that the dataset, its exports and the template's markers use for themselves."""

SETTING_KEYS: dict[str, str] = {
    "id": ID,
    "number": SOME,
    "title": SOME,
    "issued_on": DATE,
    "issuer": SOME,
    "office": SOME,
    "place": SOME,
    "stamp": r"^(required|optional)$",
    "active": r"^(yes|no)$",
}
"""The keys of `settings`, all of them needed, and what each value must match."""

OPTIONAL_SETTING_KEYS: dict[str, str] = {
    "parts": LIST,
}
"""Keys that may be left out: `parts`, the rounds that offices of one unit may report in parts (`;` between them)."""
