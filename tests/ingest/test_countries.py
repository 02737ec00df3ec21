import pytest

from ingest.klaviyo.countries import country_code


@pytest.mark.parametrize(
    ("written", "locale", "code"),
    [
        ("Germany", None, "DE"),
        ("United States", "en-US", "US"),
        ("united kingdom", None, "GB"),
        ("UK", None, "GB"),
        ("de", None, "DE"),
        ("USA", None, "US"),
        ("Deutschland", "de-DE", "DE"),
        ("", "fr_FR", "FR"),
        (None, "en", None),
        ("Atlantis", "xx-QQ", None),
    ],
)
def test_a_country_as_written_becomes_its_code(written, locale, code):
    assert country_code(written, locale) == code
