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

-- Files that name no unit, or not credibly: kept as evidence, never counted.
CREATE TABLE IF NOT EXISTS unusable (
    sha256 VARCHAR NOT NULL,
    received_at TIMESTAMPTZ NOT NULL,
    source_name VARCHAR NOT NULL,
    folder VARCHAR NOT NULL,
    code VARCHAR NOT NULL,
    message VARCHAR NOT NULL,
    PRIMARY KEY (sha256, code)
);

CREATE TABLE IF NOT EXISTS withdrawals (
    sha256 VARCHAR NOT NULL,
    withdrawn_at TIMESTAMPTZ NOT NULL,
    reason VARCHAR NOT NULL,
    PRIMARY KEY (sha256, withdrawn_at)
);
