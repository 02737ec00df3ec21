-- purpose: stores the daily summary of sales anew, so that fewer changed days are summed up when asked for
-- grain: the summary
SELECT refresh_sales_daily_summary()
