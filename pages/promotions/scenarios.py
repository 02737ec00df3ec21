"""Scenarios: which promotions are planned, what each is expected to bring, and which of them is best."""

from pages.frame import desk, optimising, scenario_building, scenario_comparing, scenario_listing, scenario_opened
from pages.frame.scenario_ways import Way, way

PAGES = {
    Way.LIST: scenario_listing.page,
    Way.SCENARIO: scenario_opened.page,
    Way.BUILD: scenario_building.page,
    Way.COMPARE: scenario_comparing.page,
    Way.OPTIMISE: optimising.page,
}
PAGES[way()](desk.opened())
