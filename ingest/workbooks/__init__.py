"""The company's workbooks: sales, promotions, targets and segments from XLSB, XLSX, CSV and Parquet."""
