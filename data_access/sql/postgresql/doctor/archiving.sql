-- purpose: whether the server archives its log, so that it can be restored to any moment
-- grain: one row
SELECT
    true AS applies,
    current_setting('archive_mode') IN ('on', 'always')
    AND (
        coalesce(nullif(current_setting('archive_command'), '(disabled)'), '') <> ''
        OR coalesce(current_setting('archive_library', true), '') <> ''
    ) AS archives
