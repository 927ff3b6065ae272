"""The page as one text: what it says is laid out here, how it looks stands in the template, its style and its script.

Jinja2 escapes whatever is put into the template; nothing here makes markup but our own style sheet and script.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from pipelines.status_page import wording
from pipelines.status_page.changes import change_lists
from pipelines.status_page.charts import completion_chart, states_chart, submissions_chart
from pipelines.status_page.heat import heat_map
from pipelines.status_page.indicators import indicator_lines, milestones, volume_lines
from pipelines.status_page.links import Links, documents, group_documents
from pipelines.status_page.palette import colours
from pipelines.status_page.summary import countdown, headline, partition, tiles
from pipelines.status_page.units import to_urge, unit_lines
from schemas.signs import SIGNS

if TYPE_CHECKING:
    from schemas.consolidation import Consolidation

_HERE = Path(__file__).parent


def write_page(result: Consolidation, path: Path, links: Links | None = None) -> None:
    """Writes the status page to `path` as UTF-8. The same result and links give the same bytes.

    `links`: what it may link to, see `pipelines.status_page.links`. Publishing (a name beside, then a rename) is
    `pipelines.outbox`'s. Raises OSError where the file cannot be written, ValueError for a link that is not relative.
    """
    path.write_text(_page(result, links or {}), encoding="utf-8", newline="\n")


def page_digest(result: Consolidation, links: Links | None = None) -> str:
    """SHA-256 (hex) of the page's own bytes: whatever changes it, a figure or its style, is a reason to write it."""
    return hashlib.sha256(_page(result, links or {}).encode("utf-8")).hexdigest()


def _page(result: Consolidation, links: Links) -> str:
    style = Markup(colours() + _own("style.css"))  # noqa: S704 - our own files, nothing that was reported
    script = Markup(_own("script.js"))  # noqa: S704
    return (
        _environment()
        .get_template("page.html.j2")
        .render(_said(result, links), style=style, script=script, style_hash=_hash(style), script_hash=_hash(script))
    )


def _said(result: Consolidation, links: Links) -> dict[str, Any]:
    """Everything the template shows, by name."""
    units = unit_lines(result, links)
    kinds = [sign.kind for sign in result.signs]
    return {
        "settings": result.plan.settings,
        "round": result.round,
        "scope": result.scope,
        "as_of": result.as_of,
        "headline": headline(result),
        "countdown": countdown(result),
        "milestones": milestones(result),
        "tiles": tiles(result),
        "partition": partition(result),
        "urged": to_urge(units),
        "progress": change_lists(result),
        "charts": [states_chart(result), submissions_chart(result), completion_chart(result)],
        "units": units,
        "states": wording.state_choices(result),
        "groups": list(dict.fromkeys(u.group for u in result.units)),
        "indicators": indicator_lines(result),
        "volumes": volume_lines(result),
        "heat": heat_map(result),
        "signs": [(label, kinds.count(kind)) for kind, label in SIGNS.items() if kind in kinds],
        "signs_total": len(kinds),
        "documents": documents(links),
        "group_documents": group_documents(result, links),
    }


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=wording.sound,
        keep_trailing_newline=True,
    )
    environment.filters |= {"day": wording.day, "moment": wording.moment, "count": wording.count}
    return environment


@cache
def _own(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """What the page's content security policy allows: this very text and no other."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
