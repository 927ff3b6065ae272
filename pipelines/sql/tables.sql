-- The dataset's own tables. The plan's sheets get a table each beside them, in a schema named for the plan.
CREATE TABLE IF NOT EXISTS submissions (
    sha256 VARCHAR PRIMARY KEY,
    plan VARCHAR NOT NULL,
    round VARCHAR NOT NULL,
    unit VARCHAR NOT NULL,
    received_at TIMESTAMPTZ NOT NULL,
    source_name VARCHAR NOT NULL,
    folder VARCHAR NOT NULL,
    verdict VARCHAR NOT NULL CHECK (verdict IN ('accepted', 'accepted_with_warnings', 'rejected')),
    template_version VARCHAR NOT NULL,
    plan_version VARCHAR NOT NULL,
    file_time TIMESTAMPTZ
);

CREATE TABLE IF NOT EXISTS findings (
    sha256 VARCHAR NOT NULL,
    position INTEGER NOT NULL,
    code VARCHAR NOT NULL,
    severity VARCHAR NOT NULL,
    sheet VARCHAR,
    cell VARCHAR,
    field VARCHAR,
    value VARCHAR,
    message VARCHAR NOT NULL,
    rule VARCHAR,
    PRIMARY KEY (sha256, position)
);

-- Files that name no unit, or not credibly: kept as evidence, never counted. A row for each arrival and reason.
CREATE TABLE IF NOT EXISTS unusable (
    sha256 VARCHAR NOT NULL,
    received_at TIMESTAMPTZ NOT NULL,
    source_name VARCHAR NOT NULL,
    folder VARCHAR NOT NULL,
    code VARCHAR NOT NULL,
    message VARCHAR NOT NULL,
    PRIMARY KEY (sha256, code, received_at, source_name, folder)
);

CREATE TABLE IF NOT EXISTS withdrawals (
    sha256 VARCHAR NOT NULL,
    withdrawn_at TIMESTAMPTZ NOT NULL,
    reason VARCHAR NOT NULL,
    PRIMARY KEY (sha256, withdrawn_at)
);

-- What a part of a report fills (sheet ids; '' where it fills nothing), in rounds that are reported in parts.
-- A submission without rows here is a whole report.
CREATE TABLE IF NOT EXISTS filled (
    sha256 VARCHAR NOT NULL,
    sheet VARCHAR NOT NULL,
    PRIMARY KEY (sha256, sheet)
);

-- Where the fields of accepted submissions stood: the column, and in a form the row too. Any stored value has its cell.
CREATE TABLE IF NOT EXISTS places (
    sha256 VARCHAR NOT NULL,
    sheet VARCHAR NOT NULL,
    tab VARCHAR NOT NULL,
    field VARCHAR NOT NULL,
    col INTEGER NOT NULL,
    "row" INTEGER,
    PRIMARY KEY (sha256, sheet, field)
);

-- Whole sheets declared "Không phát sinh" or "Không áp dụng" in accepted submissions; rows carry theirs themselves.
CREATE TABLE IF NOT EXISTS declarations (
    sha256 VARCHAR NOT NULL,
    sheet VARCHAR NOT NULL,
    declared VARCHAR NOT NULL,
    tab VARCHAR NOT NULL,
    cell VARCHAR NOT NULL,
    PRIMARY KEY (sha256, sheet)
);

-- What an accepted submission was compared with: the one that gave the sheet just before it arrived.
CREATE TABLE IF NOT EXISTS predecessors (
    sha256 VARCHAR NOT NULL,
    sheet VARCHAR NOT NULL,
    since VARCHAR NOT NULL,
    PRIMARY KEY (sha256, sheet)
);
