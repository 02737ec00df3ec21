-- Who did what is noted by pseudonym: the name behind one stands apart, so that it can be erased and the log stay.

CREATE TABLE persons (
    pseudonym VARCHAR COLLATE "C" PRIMARY KEY,
    name VARCHAR COLLATE "C",
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    erased_at TIMESTAMPTZ
);

CREATE INDEX idx_persons_name ON persons (name);

-- What was noted by name so far: the one time that rows of the log change.
INSERT INTO persons (pseudonym, name)
SELECT 'p-' || left(md5(gen_random_uuid()::text), 10), n.name
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
        regexp_replace(before_value::text, '[^\s"''<>,;:()\[\]{}|/]+@[^\s"''<>,;:()\[\]{}|/\\]+', '•••@•••', 'g')
        AS JSONB
    )
WHERE strpos(before_value::text, '@') > 0;

UPDATE audit_log
SET after_value = CAST(
        regexp_replace(after_value::text, '[^\s"''<>,;:()\[\]{}|/]+@[^\s"''<>,;:()\[\]{}|/\\]+', '•••@•••', 'g')
        AS JSONB
    )
WHERE strpos(after_value::text, '@') > 0;

-- The newest first, of all, of a store, of a person, of a kind of thing.
DROP INDEX idx_audit_log_happened;
CREATE INDEX idx_audit_log_newest ON audit_log (happened_at DESC, id DESC);
CREATE INDEX idx_audit_log_account ON audit_log (klaviyo_public_id, happened_at DESC, id DESC);
CREATE INDEX idx_audit_log_actor ON audit_log (actor, happened_at DESC, id DESC);
CREATE INDEX idx_audit_log_object ON audit_log (object_type, object_id, happened_at DESC, id DESC);

-- From now on nobody changes a row or takes one away, the owner included.
CREATE FUNCTION refuse_to_change_audit_log() RETURNS TRIGGER
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit_log can be added to and not changed' USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE TRIGGER audit_log_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_audit_log();
