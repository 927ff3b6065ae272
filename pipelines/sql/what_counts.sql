-- The versions of each unit's report in a round that were known by a moment, numbered in order of arrival.
-- Rejected ones have a number too: a version is what a unit sent, not what we made of it.
CREATE OR REPLACE MACRO versions(plan_id, round_id, known_by) AS TABLE
SELECT
    s.*,
    row_number() OVER (PARTITION BY s.unit ORDER BY s.received_at, s.file_time NULLS FIRST, s.sha256) AS version,
    s.verdict IN ('accepted', 'accepted_with_warnings') AS accepted,
    w.reason AS withdrawn
FROM submissions AS s
LEFT JOIN (
    SELECT sha256, min_by(reason, withdrawn_at) AS reason
    FROM withdrawals
    WHERE withdrawn_at <= known_by
    GROUP BY sha256
) AS w ON w.sha256 = s.sha256
WHERE s.plan = plan_id AND s.round = round_id AND s.received_at <= known_by;

-- What counts: the newest accepted, not withdrawn version of each unit. A rejected correction displaces nothing.
CREATE OR REPLACE MACRO counting(plan_id, round_id, known_by) AS TABLE
SELECT *
FROM versions(plan_id, round_id, known_by)
WHERE accepted AND withdrawn IS NULL
QUALIFY row_number() OVER (PARTITION BY unit ORDER BY version DESC) = 1;

-- When each unit first sent something, and when it first sent something acceptable: timeliness is fixed by the latter.
CREATE OR REPLACE MACRO timeliness(plan_id, round_id, known_by) AS TABLE
SELECT
    v.unit,
    min(v.received_at) AS first_submitted_at,
    min(v.received_at) FILTER (WHERE v.accepted AND v.withdrawn IS NULL) AS accepted_at,
    max_by(v.sha256, v.version) AS newest_sha256,
    max(v.version) AS newest_version,
    bool_or(v.accepted AND v.withdrawn IS NOT NULL) AS withdrawn,
    any_value(c.version) AS counting_version,
    any_value(c.received_at) AS counting_at,
    any_value(c.sha256) AS counting_sha256
FROM versions(plan_id, round_id, known_by) AS v
LEFT JOIN counting(plan_id, round_id, known_by) AS c ON c.unit = v.unit
GROUP BY v.unit;
