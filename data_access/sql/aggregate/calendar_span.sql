-- purpose: what the calendar covers, whether an account's country is in it, and days that another country has marked
-- grain: one row
-- params: country String, default_country String, last_year Int32
SELECT
    (SELECT min(date) FROM dim_time) AS first_day,
    (SELECT max(date) FROM dim_time) AS last_day,
    (SELECT count(*) FROM holidays WHERE country = :country AND date >= make_date(:last_year, 1, 1)) AS holidays,
    (
        SELECT count(*) FROM dim_time
        WHERE is_holiday <> (date IN (SELECT h.date FROM holidays AS h WHERE h.country = :default_country))
    ) AS stale
