"""What differs between the two synthetic accounts: place, money, size, names and habits."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Category:
    """A department of the shop: name, its kinds of product, typical price in minor units, weight in demand."""

    name: str
    kinds: tuple[str, ...]
    price: int
    weight: float


@dataclass(frozen=True)
class City:
    name: str
    region: str
    country: str
    code: str
    postcode: str
    zone: str
    weight: float


@dataclass(frozen=True)
class AccountPlan:
    """One account before anything is drawn: `number` 0 or 1, `share` of the size that was asked for."""

    number: int
    public_id: str
    organization: str
    website: str
    sender: str
    industry: str
    zone: str
    currency: str
    locale: str
    foreign: tuple[str, ...]
    share: float
    growth: float
    cancelled_name: str
    shopify_share: float
    categories: tuple[Category, ...]
    brands: tuple[str, ...]
    cities: tuple[City, ...]
    first_names: tuple[str, ...]
    last_names: tuple[str, ...]
    phone: str
    street: str


FIRST = AccountPlan(
    number=0,
    public_id="NrDw8K",
    organization="Nordwald Outdoor",
    website="https://www.nordwald-outdoor.example",
    sender="hallo@nordwald-outdoor.example",
    industry="Ecommerce, Apparel & Accessories",
    zone="Europe/Berlin",
    currency="EUR",
    locale="de-DE",
    foreign=("CHF", "GBP", "USD"),
    share=1.0,
    growth=0.22,
    cancelled_name="Cancelled Order",
    shopify_share=0.65,
    categories=(
        Category("Jackets", ("Rain jacket", "Down jacket", "Softshell", "Windbreaker"), 13900, 1.0),
        Category("Trousers", ("Trekking trousers", "Zip-off trousers", "Shorts", "Leggings"), 7900, 0.9),
        Category("Base layers", ("Merino shirt", "Merino leggings", "Thermal shirt"), 5900, 1.1),
        Category("Footwear", ("Hiking boots", "Trail shoes", "Approach shoes", "Sandals"), 12900, 0.9),
        Category("Socks", ("Hiking socks", "Running socks", "Liner socks"), 1690, 1.4),
        Category("Backpacks", ("Daypack", "Trekking backpack", "Hip bag"), 8900, 0.6),
        Category("Tents", ("Two-person tent", "Tunnel tent", "Tarp", "Pegs"), 21900, 0.3),
        Category("Sleeping", ("Sleeping bag", "Sleeping mat", "Pillow"), 9900, 0.4),
        Category("Cooking", ("Gas stove", "Cookset", "Gas canister", "Mug", "Spork"), 2490, 0.8),
        Category("Care", ("Wash-in", "Shoe wax", "Repair patch"), 1290, 0.9),
        Category("Navigation", ("Headlamp", "Compass", "Trekking poles"), 4490, 0.6),
    ),
    brands=(
        "Nordwald",
        "Fjellvik",
        "Karst",
        "Steinbock",
        "Aurelia",
        "Tundra Works",
        "Windlass",
        "Moorhen",
        "Larch & Loam",
        "Gipfel",
        "Ostwind",
        "Brae",
        "Kolme",
        "Ridgeback",
        "Sorrel",
        "Halden",
        "Vento",
        "Pine Assembly",
    ),
    cities=(
        City("Berlin", "Berlin", "Germany", "DE", "10115", "Europe/Berlin", 1.0),
        City("Hamburg", "Hamburg", "Germany", "DE", "20095", "Europe/Berlin", 0.7),
        City("München", "Bayern", "Germany", "DE", "80331", "Europe/Berlin", 0.8),
        City("Köln", "Nordrhein-Westfalen", "Germany", "DE", "50667", "Europe/Berlin", 0.5),
        City("Leipzig", "Sachsen", "Germany", "DE", "04109", "Europe/Berlin", 0.4),
        City("Freiburg im Breisgau", "Baden-Württemberg", "Germany", "DE", "79098", "Europe/Berlin", 0.4),
        City("Wien", "Wien", "Austria", "AT", "1010", "Europe/Vienna", 0.4),
        City("Innsbruck", "Tirol", "Austria", "AT", "6020", "Europe/Vienna", 0.2),
        City("Zürich", "Zürich", "Switzerland", "CH", "8001", "Europe/Zurich", 0.25),
        City("Amsterdam", "Noord-Holland", "Netherlands", "NL", "1011", "Europe/Amsterdam", 0.25),
        City("København", "Hovedstaden", "Denmark", "DK", "1050", "Europe/Copenhagen", 0.12),
        City("London", "England", "United Kingdom", "GB", "EC1A", "Europe/London", 0.12),
    ),
    first_names=(
        "Anna",
        "Jonas",
        "Mia",
        "Lukas",
        "Lea",
        "Finn",
        "Sophie",
        "Paul",
        "Jürgen",
        "Clara",
        "Maximilian",
        "Zoë",
        "Emre",
        "Katarzyna",
        "Björn",
        "Ines",
        "Tobias",
        "Nele",
        "Hendrik",
        "Svenja",
        "Mehmet",
        "Greta",
        "Ole",
        "Franziska",
    ),
    last_names=(
        "Müller",
        "Schmidt",
        "Schneider",
        "Fischer",
        "Weber",
        "Meyer",
        "Wagner",
        "Becker",
        "Schulz",
        "Hoffmann",
        "Koch",
        "Bauer",
        "Richter",
        "Klein",
        "Wolf",
        "Schröder",
        "Neumann",
        "Yılmaz",
        "Nowak",
        "O'Neill",
        "Groß",
        "van Dijk",
    ),
    phone="+49151",
    street="Lindenstraße",
)

SECOND = AccountPlan(
    number=1,
    public_id="HbTea2",
    organization="Harbor & Leaf Tea",
    website="https://www.harborandleaf.example",
    sender="hello@harborandleaf.example",
    industry="Ecommerce, Food & Beverage",
    zone="America/New_York",
    currency="USD",
    locale="en-US",
    foreign=("CAD",),
    share=0.2,
    growth=0.4,
    cancelled_name="Canceled Order",
    shopify_share=0.4,
    categories=(
        Category("Black tea", ("Breakfast blend", "Earl grey", "Assam", "Darjeeling"), 1650, 1.2),
        Category("Green tea", ("Sencha", "Gunpowder", "Jasmine pearls"), 1890, 1.0),
        Category("Herbal", ("Chamomile", "Peppermint", "Rooibos", "Hibiscus"), 1390, 1.1),
        Category("Matcha", ("Ceremonial matcha", "Culinary matcha"), 3290, 0.6),
        Category("Teaware", ("Teapot", "Infuser", "Whisk", "Cup set"), 3490, 0.6),
        Category("Honey", ("Wildflower honey", "Clover honey"), 1290, 0.7),
        Category("Gifts", ("Gift box", "Sampler", "Advent calendar"), 4900, 0.4),
    ),
    brands=(
        "Harbor & Leaf",
        "Saltmarsh",
        "Quiet Kettle",
        "Kyoto Lane",
        "Bramble",
        "Old Wharf",
        "Meadowline",
        "Tidewater",
    ),
    cities=(
        City("New York", "New York", "United States", "US", "10001", "America/New_York", 1.0),
        City("Boston", "Massachusetts", "United States", "US", "02108", "America/New_York", 0.6),
        City("Chicago", "Illinois", "United States", "US", "60601", "America/Chicago", 0.5),
        City("Seattle", "Washington", "United States", "US", "98101", "America/Los_Angeles", 0.4),
        City("Austin", "Texas", "United States", "US", "73301", "America/Chicago", 0.3),
        City("Portland", "Maine", "United States", "US", "04101", "America/New_York", 0.3),
        City("Toronto", "Ontario", "Canada", "CA", "M5H", "America/Toronto", 0.2),
    ),
    first_names=(
        "Olivia",
        "Noah",
        "Emma",
        "Liam",
        "Ava",
        "Mateo",
        "Grace",
        "Henry",
        "Priya",
        "Wei",
        "Chloe",
        "Marcus",
        "Renée",
        "Diego",
        "Hannah",
        "Tyler",
        "Aisha",
        "Caleb",
        "Naomi",
        "Owen",
    ),
    last_names=(
        "Smith",
        "Johnson",
        "Williams",
        "Brown",
        "Garcia",
        "Miller",
        "Davis",
        "Nguyen",
        "Martinez",
        "Lee",
        "Patel",
        "Clark",
        "O'Brien",
        "Young",
        "King",
        "Rivera",
        "Cohen",
        "Washington",
        "Kowalski",
        "Núñez",
    ),
    phone="+1617555",
    street="Beacon Street",
)

PLANS = (FIRST, SECOND)
