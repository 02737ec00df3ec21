-- purpose: what is written part by part needs less memory than what is sorted and joined whole
-- grain: none
SET memory_limit = '200MB'
