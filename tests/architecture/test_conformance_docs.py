import re
from pathlib import Path

from ingest.conformance import FACTS

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "klaviyo-unverified.md"


def test_every_fact_is_documented_and_every_documented_fact_is_asked():
    documented = re.findall(r"^\| `([a-z-]+)` \|", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)
    assert documented == [fact.name for fact in FACTS]
