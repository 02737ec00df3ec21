-- purpose: writes the days of the calendar and the holidays of the countries asked for
-- grain: one row a day; one row a country, day and holiday
INSERT INTO dim_time (date, year, month, day, day_of_week, week_of_year, is_weekend, is_holiday)
SELECT date, year, month, day, day_of_week, week_of_year, is_weekend, is_holiday FROM calendar_days
ON CONFLICT (date) DO UPDATE SET is_holiday = excluded.is_holiday
-- @next
INSERT INTO holidays (country, date, name)
SELECT country, date, name FROM calendar_holidays
ON CONFLICT (country, date, name) DO NOTHING
