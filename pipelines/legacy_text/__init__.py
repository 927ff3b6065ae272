"""Text from before Unicode: TCVN3 (ABC, fonts `.Vn…`) and VNI-Windows (fonts `VNI-…`).

In both, Vietnamese letters stand at the places of Latin-1 ones, and only the font shows them right. The same
characters are other letters in Unicode, so text is converted only where its font says so; text that merely looks like
it is suspected, and left as it is.
"""

from __future__ import annotations

from pipelines.legacy_text.conversion import converted, legible
from pipelines.legacy_text.suspicion import suspected
from pipelines.legacy_text.tables import NAMES

__all__ = ["NAMES", "converted", "legible", "suspected"]
