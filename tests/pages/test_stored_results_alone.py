"""Stored forecasts, post-mortems and opportunities are shown by a process that never loads what fits them."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from data_access.stores import Stores, close_stores
from settings import PROJECT_ROOT, Settings
from tests.pages import test_forecast_page, test_post_mortem_page
from tests.promo_rows import in_force
from tests.warehouse_rows import SEEN

# Each page with what stands on it once its stored results are drawn.
PAGES = {
    "pages/sales/forecast.py": ({}, "beat the seasonal naive"),
    "pages/promotions/discovery.py": ({}, "Sales against the target's path"),
    "pages/promotions/post_mortem.py": ({"promotion": test_post_mortem_page.PROMOTION}, "pieces more than the 700"),
}
LOOKING = """
import json, sys
from datetime import datetime
from streamlit.testing.v1 import AppTest
from pages.frame import clock
clock.now = lambda: datetime.fromisoformat(sys.argv[3])
found = {}
for page, (address, says) in json.loads(sys.argv[1]).items():
    app = AppTest.from_file(sys.argv[2], default_timeout=60)
    for name, value in address.items():
        app.query_params[name] = value
    app.run()
    app.switch_page(page).run()
    assert not app.exception, app.exception
    said = "\\n".join(str(one.value) for one in (*app.markdown, *app.subheader, *app.caption))
    assert says in said, (page, said)
    found[page] = sorted({"prophet", "statsmodels", "cmdstanpy"} & sys.modules.keys())
print(json.dumps(found))
"""


def test_no_page_loads_what_fits_to_show_what_is_stored(stores: Stores, settings: Settings) -> None:
    test_forecast_page.sales(stores)
    test_post_mortem_page.catalog(stores)
    test_post_mortem_page.kept(stores)
    in_force(stores)
    # One process at a time holds the file.
    close_stores(stores)
    told = {"DATA_DIR": str(settings.data_dir), "DATABASE_URL": "", "WAREHOUSE_URL": "", "SCHEDULE": "off"}
    done = subprocess.run(
        [sys.executable, "-c", LOOKING, json.dumps(PAGES), str(PROJECT_ROOT / "app.py"), SEEN.isoformat()],
        cwd=PROJECT_ROOT, env={**os.environ, **told}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    assert json.loads(done.stdout.splitlines()[-1]) == {page: [] for page in PAGES}
