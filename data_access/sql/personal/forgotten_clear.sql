-- purpose: empties the list of who was erased, before it is written anew
-- grain: all its rows
DELETE FROM forgotten
