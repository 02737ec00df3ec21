-- purpose: the holidays of a country in some days
-- grain: one row a holiday
-- params: country String, start Date32, end Date32
-- reads: holidays
SELECT date AS day FROM holidays WHERE country = :country AND date BETWEEN :start AND :end
