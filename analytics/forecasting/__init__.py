"""Forecasts of daily figures: prepared, tried out on the past, chosen, made to add up, and with honest intervals."""
