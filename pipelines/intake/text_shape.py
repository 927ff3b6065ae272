"""How the text of a cell must be put together, so that every reader takes the same words from it.

One text, or runs of one text each, and phonetic runs beside (ECMA-376, CT_Rst). Of two texts side by side some readers
take both and some the last; of an element within a text, some take the words and some do not.
"""

from __future__ import annotations

from pipelines.intake.refusal import damaged

_BELOW = frozenset(["t", "r", "rPh", "phoneticPr"])
_HOLD_TEXT = ((), ("r",), ("rPh",))


class TextShape:
    """Listens to the elements within one text."""

    def __init__(self) -> None:
        self._path: tuple[str, ...] = ()
        self._said = [False]

    def start(self, name: str) -> None:
        """An element opens. Raises Refusal where it has no place there."""
        strange = name not in _BELOW if not self._path else "t" in self._path
        if name == "t":
            strange = strange or self._path not in _HOLD_TEXT or self._said[-1]
            self._said[-1] = True
        if strange:
            raise damaged(f"chữ trong một ô có bố cục lạ: <{name}> không đúng chỗ")
        self._path = (*self._path, name)
        self._said.append(False)

    def end(self) -> None:
        """An element closes."""
        self._path = self._path[:-1]
        self._said.pop()
