"""What was known of a round by a moment: its versions and what of them counts, worked out once for all that asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pipelines.dataset import Connection, read
from schemas.plan import Plan, Round

_WORKED_OUT = (
    "DELETE FROM known WHERE plan = $plan AND round = $round AND known_by = $moment",
    """
    INSERT INTO known BY NAME
    SELECT v.*, $moment AS known_by, v.sha256 NOT IN (SELECT f.sha256 FROM filled AS f) AS whole
    FROM versions($plan, $round, $moment) AS v
    """,
    """
    UPDATE known AS k SET completed_at = c.completed_at
    FROM completed($plan, $round, $moment) AS c
    WHERE k.unit = c.unit AND k.plan = $plan AND k.round = $round AND k.known_by = $moment
    """,
    """
    UPDATE known SET counts = true
    WHERE plan = $plan AND round = $round AND known_by = $moment AND completed_at IS NOT NULL
        AND unit NOT IN (SELECT m.unit FROM merged_away($plan, $round, $moment) AS m)
    """,
)


@dataclass(frozen=True, slots=True)
class Known:
    """A round as it was known by a moment: what the macros of `sql/what_counts.sql` are asked with.

    `known_by` makes it. It says what was booked then: after anything is booked on the connection, a new one is due.
    """

    connection: Connection
    plan: Plan
    round: Round
    moment: datetime
    _others: dict[str, Known] = field(default_factory=dict, repr=False, compare=False)

    def read(self, sql: str, **more: Any) -> list[dict[str, Any]]:
        """The rows of a query with the parameters `$plan`, `$round`, `$moment`, as far as it names them, and `more`."""
        own = {"plan": self.plan.id, "round": self.round.id, "moment": self.moment}
        return read(self.connection, sql, {name: value for name, value in own.items() if f"${name}" in sql} | more)

    def earlier(self) -> tuple[Known, ...]:
        """The rounds of the plan before this one, in its order, as they were known by the same moment."""
        return tuple(self._of(round_) for round_ in self.plan.rounds[: self.plan.rounds.index(self.round)])

    def _of(self, round_: Round) -> Known:
        if round_.id not in self._others:
            self._others[round_.id] = known_by(self.connection, self.plan, round_, self.moment)
        return self._others[round_.id]


def known_by(connection: Connection, plan: Plan, round_: Round, moment: datetime) -> Known:
    """Works it out anew. The plan's sheets must be there (`pipelines.dataset.ensure_sheets`)."""
    parameters: Mapping[str, Any] = {"plan": plan.id, "round": round_.id, "moment": moment}
    for statement in _WORKED_OUT:
        connection.execute(statement, parameters)
    return Known(connection, plan, round_, moment)
