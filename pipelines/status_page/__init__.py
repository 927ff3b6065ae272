"""A consolidation → `tinh-hinh.html`: one file for a browser, a file share and a phone. The only user of Jinja2."""

from __future__ import annotations

from pipelines.status_page.links import Links, found_links
from pipelines.status_page.page import page_digest, write_page

__all__ = ["Links", "found_links", "page_digest", "write_page"]
