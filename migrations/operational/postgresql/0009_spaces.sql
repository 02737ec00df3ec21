-- Spaces around a text are those of every script, and digits are 0 to 9, as on the embedded engine.

CREATE FUNCTION trim_text(told TEXT) RETURNS TEXT
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
        SELECT btrim(
            told,
            U&' \00A0\1680\2000\2001\2002\2003\2004\2005\2006\2007\2008\2009\200A\202F\205F\3000'
        )
    $$;

-- A text as a number of that many digits, rounded half away from zero; NULL where it is none, or does not fit.
CREATE OR REPLACE FUNCTION try_decimal(told TEXT, digits INTEGER, decimals INTEGER) RETURNS NUMERIC
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
    DECLARE
        number TEXT := btrim(trim_text(told), E' \t\n\v\f\r');
        found NUMERIC;
    BEGIN
        IF number !~ '^[+-]?([0-9][0-9_]*\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?$' THEN
            RETURN NULL;
        END IF;
        found := round(replace(number, '_', '')::numeric, decimals);
        RETURN CASE WHEN abs(found) < 10::numeric ^ (digits - decimals) THEN found END;
    END
    $$;
