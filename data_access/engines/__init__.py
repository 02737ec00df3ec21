"""One small adapter an engine. Nothing outside this package and `sql/<engine>/` knows which engine it talks to."""
