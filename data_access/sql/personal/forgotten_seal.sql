-- purpose: the digests' keys under another key
-- grain: the rows of each key
UPDATE forgotten SET sealed_key = s.sealed_new FROM sealed_keys AS s WHERE forgotten.sealed_key = s.sealed_old
