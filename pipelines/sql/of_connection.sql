-- What each connection works out for itself; it is gone with the connection.

-- Units merged into others, as each control workbook says (`control`: its SHA-256), and the reports (`sha256`) of the
-- receiving units in which what they reported now stands; written anew for each connection.
CREATE TEMP TABLE IF NOT EXISTS taken_over (
    plan VARCHAR NOT NULL,
    control VARCHAR NOT NULL,
    unit VARCHAR NOT NULL,
    since DATE NOT NULL,
    sha256 VARCHAR NOT NULL
);

-- The sheets of units that report in parts, as the plan says now, and which of them they must fill; written anew for
-- each connection.
CREATE TEMP TABLE IF NOT EXISTS asked (
    plan VARCHAR NOT NULL,
    round VARCHAR NOT NULL,
    unit VARCHAR NOT NULL,
    sheet VARCHAR NOT NULL,
    required BOOLEAN NOT NULL
);

-- What was known of a round by a moment, a row a version: the columns of `versions`; whether it is a whole report; when
-- the report of its unit was first whole, and whether that unit counts, that is, has a whole report and no other unit
-- reports for it since a merger. `pipelines/known.py` writes it.
CREATE TEMP TABLE IF NOT EXISTS known (
    known_by TIMESTAMPTZ NOT NULL,
    plan VARCHAR NOT NULL,
    round VARCHAR NOT NULL,
    unit VARCHAR NOT NULL,
    version BIGINT NOT NULL,
    sha256 VARCHAR NOT NULL,
    received_at TIMESTAMPTZ NOT NULL,
    source_name VARCHAR NOT NULL,
    folder VARCHAR NOT NULL,
    verdict VARCHAR NOT NULL,
    template_version VARCHAR NOT NULL,
    plan_version VARCHAR NOT NULL,
    file_time TIMESTAMPTZ,
    accepted BOOLEAN NOT NULL,
    withdrawn VARCHAR,
    whole BOOLEAN NOT NULL,
    completed_at TIMESTAMPTZ,
    counts BOOLEAN NOT NULL DEFAULT false
);
