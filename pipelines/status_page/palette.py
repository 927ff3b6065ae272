"""The colours of `pipelines.styles` as CSS: custom properties, and the steps of the heat map."""

from __future__ import annotations

from pipelines import styles as palette

HEAT_STEPS = 10
"""The heat map has the classes `h0` (nothing) to `h10` (all)."""

_NAMED = {
    "ink": palette.INK,
    "soft": palette.INK_SOFT,
    "accent": palette.ACCENT,
    "line": palette.RULE_LINE,
    "head": palette.HEADER_FILL,
    "group": palette.GROUP_FILL,
    "total": palette.TOTAL_FILL,
    "page": palette.LOCKED_FILL,
    "link": palette.LINK_INK,
    "good-fill": palette.GOOD_FILL,
    "good-ink": palette.GOOD_INK,
    "warn-fill": palette.WARNING_FILL,
    "warn-ink": palette.WARNING_INK,
    "bad-fill": palette.ERROR_FILL,
    "bad-ink": palette.ERROR_INK,
    "calm-fill": palette.NEUTRAL_FILL,
    "calm-ink": palette.NEUTRAL_INK,
    "bar": palette.BAR_COLOUR,
    "good-bar": palette.GOOD_BAR,
    "warn-bar": palette.WARNING_BAR,
    "bad-bar": palette.BAD_BAR,
    "calm-bar": palette.NEUTRAL_BAR,
}


def colours() -> str:
    """The head of the style sheet."""
    named = "".join(f"--{name}:{value};" for name, value in _NAMED.items())
    steps = "".join(f".h{step}{{background:{heat_colour(step / HEAT_STEPS)}}}" for step in range(HEAT_STEPS + 1))
    return f":root{{{named}}}\n{steps}\n"


def heat_step(rate: float) -> int:
    """The step of a rate: 0 only for nothing, the last only for the whole."""
    if rate >= 1:
        return HEAT_STEPS
    return 0 if rate <= 0 else min(max(round(rate * HEAT_STEPS), 1), HEAT_STEPS - 1)


def heat_colour(rate: float) -> str:
    """A colour between those of the workbook's scale, `#RRGGBB`."""
    low, middle, high = (_rgb(c) for c in (palette.SCALE_LOW, palette.SCALE_MIDDLE, palette.SCALE_HIGH))
    start, end, share = (low, middle, rate * 2) if rate < 0.5 else (middle, high, rate * 2 - 1)
    mixed = (round(a + (b - a) * share) for a, b in zip(start, end, strict=True))
    return "#" + "".join(f"{part:02X}" for part in mixed)


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
