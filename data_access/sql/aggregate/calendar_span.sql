-- purpose: what the calendar covers, and whether an account's country is in it
-- grain: one row
-- params: country String, last_year Int32
SELECT
    (SELECT min(date) FROM dim_time) AS first_day,
    (SELECT max(date) FROM dim_time) AS last_day,
    (SELECT count(*) FROM holidays WHERE country = :country AND date >= make_date(:last_year, 1, 1)) AS holidays
