-- Who did what is noted by pseudonym: the name behind one stands apart, so that it can be erased and the log stay.

CREATE TABLE persons (
    pseudonym VARCHAR PRIMARY KEY,
    name VARCHAR,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    erased_at TIMESTAMPTZ
);

-- What was noted by name so far: the one time that rows of the log change.
INSERT INTO persons (pseudonym, name)
SELECT 'p-' || left(md5(CAST(gen_random_uuid() AS VARCHAR)), 10), n.name
FROM (
    SELECT actor AS name FROM audit_log WHERE actor NOT IN ('local admin', 'command line', 'schedule')
    UNION
    SELECT object_id FROM audit_log WHERE object_type = 'grant' AND NOT starts_with(object_id, 'group:')
) AS n;

UPDATE audit_log SET actor = p.pseudonym FROM persons AS p WHERE p.name = audit_log.actor;

UPDATE audit_log SET object_id = p.pseudonym
FROM persons AS p
WHERE p.name = audit_log.object_id AND audit_log.object_type = 'grant';

-- E-mail addresses within what was noted: of a digest's readers, or in somebody's words.
UPDATE audit_log
SET before_value = CAST(
        regexp_replace(
            CAST(before_value AS VARCHAR), '[^\s"''<>,;:()\[\]{}|/]+@[^\s"''<>,;:()\[\]{}|/\\]+', '•••@•••', 'g'
        ) AS JSON
    )
WHERE contains(CAST(before_value AS VARCHAR), '@');

UPDATE audit_log
SET after_value = CAST(
        regexp_replace(
            CAST(after_value AS VARCHAR), '[^\s"''<>,;:()\[\]{}|/]+@[^\s"''<>,;:()\[\]{}|/\\]+', '•••@•••', 'g'
        ) AS JSON
    )
WHERE contains(CAST(after_value AS VARCHAR), '@');
