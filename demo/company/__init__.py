"""A synthetic company beside the stores: its workbooks of sales, promotions, targets and segments."""
