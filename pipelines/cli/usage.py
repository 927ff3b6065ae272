"""What was typed wrong on the command line, said in Vietnamese: Typer knows English alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from typing import Any, cast

import typer
from typer.core import TyperGroup

from pipelines.spoken_text import spoken

UsageError = cast("type[Exception]", typer.BadParameter.__bases__[0])
"""Typer gives only its heirs a name that others may use."""
_KNOWN = (
    (r"No such command '(.*?)'\.(?:\s.*)?", "Không có lệnh “{0}”."),
    (r"Missing command\.", "Thiếu tên lệnh."),
    (r"Got unexpected extra arguments?(?:\(s\))? \((.*)\)", "Thừa đối số: {0}."),
    (r"No such option: (\S*)(?:\s.*)?", "Không có tuỳ chọn {0}."),
    (r"Option '(.*?)' requires .*", "Tuỳ chọn {0} cần có giá trị theo sau."),
    (r"Option '(.*?)' does not take a value\.", "Tuỳ chọn {0} không nhận giá trị."),
    (r"Input should be greater than or equal to (\S+)", "phải là số từ {0} trở lên."),
    (r"Input should be less than or equal to (\S+)", "phải là số không quá {0}."),
    (r"Input should be a valid (?:number|integer).*", "phải là số."),
    (r".*is not a valid (?:float|int|integer|number)\.?", "phải là số."),
)
"""What Typer says, whole, and the same in Vietnamese."""


class VietnameseUsage(TyperGroup):
    """The commands, with what is wrong in how one was called as a sentence on the error stream, exit 2."""

    def make_context(self, *args: Any, **kwargs: Any) -> Any:
        """As Typer reads the options that stand before a command."""
        with _said():
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: Any) -> Any:
        """As Typer finds the command, reads its options and runs it."""
        with _said():
            return super().invoke(ctx)


@contextmanager
def _said() -> Iterator[None]:
    try:
        yield
    except UsageError as fault:
        if type(fault).__name__ == "NoArgsIsHelpError":
            raise
        context = getattr(fault, "ctx", None)
        command = context.command_path if context else "tonghop"
        commands = list(getattr(context.command, "commands", ())) if context else []
        typer.secho(usage_sentence(fault, commands), fg="red", err=True)
        typer.secho(f"Xem cách dùng: {spoken(command)} --help", err=True)
        raise typer.Exit(2) from fault


def usage_sentence(fault: Exception, commands: list[str]) -> str:
    """What is wrong, as one line; of a mistyped command or option also which one may be meant."""
    message = str(getattr(fault, "message", fault))
    hint = _hint(fault)
    if type(fault).__name__ == "MissingParameter":
        kind = "tuỳ chọn" if hint.startswith("-") else "đối số"
        return spoken(f"Thiếu {kind} {hint}.")
    if isinstance(fault, typer.BadParameter):
        return spoken(f"Giá trị của {hint or 'một tuỳ chọn'} không dùng được: {_translated(message)}")
    named = re.match(r"No such command '(.*?)'", message, re.DOTALL)
    known = commands if named else list(getattr(fault, "possibilities", None) or ())
    wrong = named[1] if named else str(getattr(fault, "option_name", ""))
    near = get_close_matches(wrong, known, n=1)
    return spoken(_translated(message) + (f" Có phải “{near[0]}”?" if near else ""))


def _translated(message: str) -> str:
    for pattern, sentence in _KNOWN:
        found = re.fullmatch(pattern, message, re.DOTALL)
        if found:
            return sentence.format(*found.groups())
    if message.isascii():
        return "không dùng được như vậy."
    return message if message.endswith(".") else f"{message}."


def _hint(fault: Exception) -> str:
    """The option by its longest name, or the argument as the help calls it."""
    param = getattr(fault, "param", None)
    if param is None:
        return ""
    if param.param_type_name == "option":
        return str(max(param.opts, key=len))
    return str(param.metavar or param.name).rstrip("…")
