-- purpose: keep the planners' settings beside those that counted before
-- grain: one row a version
-- params: version Int32, settings String, person String
INSERT INTO promo_settings (version, settings, author)
VALUES (:version, CAST(:settings AS JSON), :person)
