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

-- The version of a plan's control workbook that decides: the newest accepted, not withdrawn one known by a moment
-- (plan and round of control workbooks: schemas/control/names.py).
CREATE OR REPLACE MACRO deciding(control_plan_id, control_round_id, known_by) AS TABLE
SELECT v.*
FROM versions(control_plan_id, control_round_id, known_by) AS v
WHERE v.accepted AND v.withdrawn IS NULL
ORDER BY v.version DESC
LIMIT 1;

-- All that follows asks the table `known`: what `pipelines/known.py` has worked out for a round and a moment.

-- The versions that may count: accepted, not withdrawn. A whole report gives every sheet, a part those it fills.
CREATE OR REPLACE MACRO standing(plan_id, round_id, moment) AS TABLE
SELECT *
FROM known AS k
WHERE k.plan = plan_id AND k.round = round_id AND k.known_by = moment AND k.accepted AND k.withdrawn IS NULL;

-- When the report of each unit was first whole: the first accepted one, or the moment when the parts covered every
-- sheet the unit must fill. Units whose parts do not are not in it.
CREATE OR REPLACE MACRO completed(plan_id, round_id, moment) AS TABLE
WITH
given AS (
    SELECT s.unit, s.received_at, s.whole, f.sheet
    FROM standing(plan_id, round_id, moment) AS s
    LEFT JOIN filled AS f ON f.sha256 = s.sha256
),
covered AS (
    SELECT a.unit, a.sheet, min(g.received_at) AS given_at
    FROM asked AS a
    LEFT JOIN given AS g ON g.unit = a.unit AND (g.whole OR g.sheet = a.sheet)
    WHERE a.plan = plan_id AND a.round = round_id AND a.required
    GROUP BY a.unit, a.sheet
),
gathered AS (
    SELECT unit, CASE WHEN count(given_at) = count(*) THEN max(given_at) END AS whole_at
    FROM covered
    GROUP BY unit
)
SELECT g.unit, CASE WHEN p.unit IS NULL THEN min(g.received_at) ELSE any_value(p.whole_at) END AS completed_at
FROM given AS g
LEFT JOIN gathered AS p ON p.unit = g.unit
GROUP BY g.unit, p.unit
HAVING completed_at IS NOT NULL;

-- The merged units whose own reports count no more: the receiving unit has a report, whole and standing, that arrived on
-- the day of the merger or later and holds what they reported. The control workbook that decides at the moment says so.
CREATE OR REPLACE MACRO merged_away(plan_id, round_id, moment) AS TABLE
SELECT t.unit
FROM taken_over AS t
JOIN standing(plan_id, round_id, moment) AS s ON s.sha256 = t.sha256
WHERE
    t.plan = plan_id
    AND t.control = (SELECT d.sha256 FROM deciding(plan_id || '.dieu_hanh', 'dieu_hanh', moment) AS d)
    AND t.since <= moment::DATE
    AND t.since <= s.received_at::DATE
    AND s.completed_at IS NOT NULL
GROUP BY t.unit;

-- What counts for one sheet: of each unit that counts, the newest version that gives the sheet.
CREATE OR REPLACE MACRO giving(plan_id, round_id, moment, sheet_id) AS TABLE
SELECT s.*
FROM standing(plan_id, round_id, moment) AS s
WHERE s.counts AND (s.whole OR s.sha256 IN (SELECT f.sha256 FROM filled AS f WHERE f.sheet = sheet_id))
QUALIFY row_number() OVER (PARTITION BY s.unit ORDER BY s.version DESC) = 1;

-- Of the reports in parts that are whole: each sheet the unit is asked for, and the version it is taken from.
CREATE OR REPLACE MACRO put_together(plan_id, round_id, moment) AS TABLE
SELECT a.unit, a.sheet, max_by(s.sha256, s.version) AS sha256
FROM asked AS a
JOIN standing(plan_id, round_id, moment) AS s
    ON s.unit = a.unit
    AND (s.whole OR s.sha256 IN (SELECT f.sha256 FROM filled AS f WHERE f.sheet = a.sheet))
WHERE a.plan = plan_id AND a.round = round_id AND s.counts
GROUP BY a.unit, a.sheet;

-- What counts: the newest accepted, not withdrawn version of each unit whose report is whole (of several parts that
-- count, the newest). A rejected correction displaces nothing.
CREATE OR REPLACE MACRO counting(plan_id, round_id, moment) AS TABLE
SELECT s.*
FROM standing(plan_id, round_id, moment) AS s
WHERE s.counts
QUALIFY row_number() OVER (PARTITION BY s.unit ORDER BY s.version DESC) = 1;

-- When each unit first sent something, and when its report was first acceptable and whole: timeliness is fixed by the
-- latter.
CREATE OR REPLACE MACRO timeliness(plan_id, round_id, moment) AS TABLE
SELECT
    k.unit,
    min(k.received_at) AS first_submitted_at,
    any_value(k.completed_at) AS accepted_at,
    max_by(k.sha256, k.version) AS newest_sha256,
    max(k.version) AS newest_version,
    max_by(k.accepted, k.version) AS newest_accepted,
    bool_or(k.accepted AND k.withdrawn IS NOT NULL) AS withdrawn,
    any_value(c.version) AS counting_version,
    any_value(c.received_at) AS counting_at,
    any_value(c.sha256) AS counting_sha256
FROM known AS k
LEFT JOIN counting(plan_id, round_id, moment) AS c ON c.unit = k.unit
WHERE k.plan = plan_id AND k.round = round_id AND k.known_by = moment
GROUP BY k.unit;
