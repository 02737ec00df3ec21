"""What columns of tables, and fields of forms, tell on hover: one source for the page and for the glossary.

Figures on cards have formula and source besides: `components/definitions.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from components.definitions import Told

# Subject and name → what stands over the column or field, and its text. In braces: what depends on what is shown.
HOVERS: Final[Mapping[str, tuple[str, str]]] = {
    "filters.align": (
        "Lay last year under",
        "Same weekdays: 364 days earlier. Automatic takes '{usual}' for this period.",
    ),
    "workbooks.files": (
        "Workbooks of sales, promotions, targets or segments",
        "XLSB, XLSX, CSV (also .gz) or Parquet, up to {most_mb} MB each; larger ones by `promolens ingest`.",
    ),
    "workbooks.country": (
        "Numbers and days of text",
        "Decides on 1.234 and 03/02/2026 where the file itself does not show which is meant.",
    ),
    "forecast.between": ("80 %", "The landing lies between these in 80 % of cases, by what past forecasts missed."),
    "forecast.change": ("Change", "Against the whole month a year before; – where not all of it is known."),
    "forecast.naive": ("Naive", "How far off the seasonal naive was on the same days."),
    "forecast.model": (
        "Model in use",
        "The candidate with the least error on the past, if that is below 0.98 × the seasonal naive's; else that.",
    ),
    "forecast.mase": (
        "MASE",
        "Mean absolute error over that of a weekly seasonal naive within the days that were learned from.",
    ),
    "forecast.bias": ("Bias", "Above 0 too much was forecast, below 0 too little."),
    "revenue.sales": ("Sales", "Line totals after discounts, cancelled orders out."),
    "revenue.change": ("Change", "Sales {versus}; – where it sold nothing then."),
    "revenue.revenue": ("Revenue", "Gross, by order date; rows add up to the total."),
    "revenue.order_value": ("Order value", "Average order value."),
    "product.time": ("Time", "{zone} time."),
    "engagement.revenue": ("Revenue", "By Klaviyo."),
    "engagement.per_recipient": ("Per recipient", "{currency}, by Klaviyo."),
    "engagement.to_median": ("to median", "Less the median of the store's campaigns of this channel in a year."),
    "engagement.sales": ("Sales", "After discounts."),
    "engagement.order_revenue": ("Revenue of orders", "Of these orders, gross."),
    "engagement.first_time": ("First time", "Their first order is among these."),
    "engagement.13_weeks": ("13 weeks", "Revenue by week, by Klaviyo."),
    "engagement.drop_off": (
        "Drop-off",
        "Recipients lost since the last message of the same channel before it; – where there is none.",
    ),
    "message.left_out_revenue": (
        "Net revenue",
        "Of orders of the days that count, less all that ever came back of them.",
    ),
    "message.left_out_before": ("A person before", "Net revenue a person in as many days before the day of sending."),
    "message.left_out_kind": (
        "How they came to be left out",
        "By chance: drawn at random among those who would have got it. By a rule: all else, as members of a segment.",
    ),
    "message.left_out_days": (
        "Days that count",
        "As many before the day of sending are compared. Settle it before you look.",
    ),
    "message.left_out_file": (
        "E-mail addresses or profile ids",
        "CSV, TXT or XLSX. A column called Email or Profile ID is looked for, else the first with addresses.",
    ),
    "engagement.form_uniques": ("Viewers, submitters", "Sum of uniques over days."),
    "engagement.lost_in_steps": ("Lost in steps", "100 − step submits / step views."),
    "engagement.of_reachable": ("Of reachable", "Engaged / reachable."),
    "engagement.silent": (
        "Silent",
        "Reachable, but not engaged: sending to them weighs on what mailboxes let in.",
    ),
    "engagement.sent": ("Sent", "Received and bounced."),
    "engagement.opened": ("Opened", "People who opened, each once a day and message / received."),
    "engagement.clicked": ("Clicked", "People who clicked, each once a day and message / received."),
    "engagement.by_machines": ("By machines", "Of all opens; they are in none of the other figures."),
    "engagement.limit": ("Limit", "For e-mail."),
    "engagement.of_the_rfm_segment": (
        "Of the RFM segment",
        "Members / all customers of the store in this RFM segment.",
    ),
    "engagement.members": ("Members", "At the end of the period."),
    "engagement.growth": ("Growth", "Over the period."),
    "engagement.list_members": ("Members of a list", "On the last day of the period that has a size."),
    "engagement.list_growth": ("Growth of a list", "From its first size in the period to the last."),
    "engagement.with": ("With", "E-mail campaigns."),
    "engagement.without": ("Without", "E-mail campaigns."),
    "engagement.14_days": ("14 days", "The last 14 days that are over."),
    "engagement.state": ("State", "By the last 14 days."),
    "engagement.change": ("Change", "Of revenue."),
    "engagement.spend": ("Spend", "As Klaviyo reports it."),
    "engagement.return": ("Return", "Revenue by Klaviyo / spend."),
    "engagement.bounced": ("Bounced", "Of received and bounced."),
    "engagement.complaints": ("Complaints", "Marked as spam / received."),
    "engagement.unsubscribed": ("Unsubscribed", "Of received."),
    "rfm.revenue": ("Revenue", "Net of refunds."),
    "rfm.each": ("Each", "Net revenue per customer."),
    "rfm.last_order": ("Last order", "Median."),
    "rfm.rfm": ("RFM", "Recency, frequency, monetary; highest best."),
    "rfm.e_mail_marketing": ("E-mail marketing", "As Klaviyo says it."),
    "rfm.as_of": ("As of", "Scores as they were on this day; refunds that came later are in."),
    "cohorts.orders_each": ("Orders each", "Orders per customer so far."),
    "cohorts.revenue_each": ("Revenue each", "Net revenue per customer so far."),
    "cohorts.revenue": ("Revenue", "Net of refunds."),
    "cohorts.expected": ("Expected", "Of the next {months} months{after}."),
    "cohorts.from": ("From", "In nine of ten cases it is between this and the next column."),
    "cohorts.orders": ("Orders", "Expected days with an order."),
    "cohorts.of_each": ("Of each", "Expected gross value of such a day."),
    "cohorts.revenue_so_far": ("Revenue so far", "Net of refunds."),
    "products.13_weeks": ("13 weeks", "Sales by week, {currency}."),
    "products.velocity": ("Velocity", "Units a day in 30 days / units a day in 90 days; 1 is an even pace."),
    "products.revenue": ("Revenue", "Net, 90 days."),
    "products.units": ("Units", "90 days."),
    "products.customers": ("Customers", "90 days."),
    "products.price": ("Price", "Mean of what a unit brought."),
    "products.conversion": (
        "Conversion",
        "Buyers / people seen looking at it, 30 days. Above 100 % where more people bought it than were seen:"
        " a look is known only of people whom Klaviyo recognised on the shop's pages.",
    ),
    "products.bought_again": ("Bought again", "Customers with two orders of it or more / its customers."),
    "products.discounted": ("Discounted", "Units with a discount / units."),
    "products.line_refunds": ("Refunds", "Refunds / line totals, orders of 90 days that were not cancelled."),
    "basket.baskets": ("Baskets", "Baskets with both."),
    "basket.support": ("Support", "Baskets with both / all baskets."),
    "basket.confidence": ("Confidence", "Baskets with both / baskets with the first."),
    "basket.lift": ("Lift", "Baskets with both / what chance would bring."),
    "basket.surely_at_least": ("Surely at least", "Lower end of the lift's 95 % interval: the order here."),
    "basket.q": ("q", "False discovery rate at which the pair would just be accepted; below 0.05 it is."),
    "basket.leverage": ("Leverage", "Support less what chance would bring."),
    "basket.conviction": ("Conviction", "Baskets without the second, expected / seen."),
    "basket.zhang": ("Zhang", "−1 never together, 0 by chance, 1 always."),
    "basket.jaccard": ("Jaccard", "Baskets with both / baskets with either."),
    "basket.kulczynski": ("Kulczynski", "Mean of the confidences of both directions."),
    "basket.could_bring": (
        "Could bring",
        "Baskets without it × (confidence − its share of all baskets) × its mean price: if those buyers took "
        "it by as much more often than chance as is seen. An upper bound of what a hint can do.",
    ),
    "basket.both": ("Both", "Baskets with both."),
    "basket.lift_at_most": ("Lift at most", "Upper end of its 95 % interval, among baskets of two or more."),
    "basket.bundle_lift": ("Lift of a bundle", "Over what chance would bring."),
    "discovery.gap_allocated": (
        "Gap, allocated",
        "Its part of the target less its part of the landing; below 0: ahead.",
    ),
    "discovery.target_allocated": (
        "Target, allocated",
        "Targets are of all sales: by its share of the same month last year, else of the last 90 days.",
    ),
    "discovery.landing_allocated": (
        "Landing, allocated",
        "What it has sold, and by its share of the last 90 days its part of what is to come.",
    ),
    "discovery.sold": ("Sold so far by a part", "Its own sales of the month, as they came."),
    "discovery.path_allocated": (
        "Path so far, allocated",
        "Its part of the target, by the usual shares of the days that have come.",
    ),
    "access.who": ("Who", "Their e-mail address as the provider has it, or the provider's own id for them."),
    "access.pii": ("Sees who customers are", "E-mail, phone, names and addresses of customers, masked for all others."),
    "audit.who_did": ("Who", "A person, a terminal of the server, or what the program does by the clock."),
    "audit.store_of": ("Store", "Whose it is; – for what is the company's or the installation's."),
    "audit.changed": ("Changed", "The fields that changed: tick an entry to see them before and after."),
    "discovery.region": ("Another region", "Adds its columns to the grid: save what you have typed before."),
    "discovery.target_sales": (
        "Sales of a target",
        "What the region is to sell in the month. Blank in all cells: no target.",
    ),
    "discovery.target_margin": ("Margin of a target", "In per cent of sales, 0 to 100."),
    "discovery.target_units": ("Pieces of a target", "May be left blank."),
    "simulator.departments": (
        "Departments",
        "Each becomes a row in every channel chosen; refine them in the grid below.",
    ),
    "simulator.one_discount_for_all_rows_pct": (
        "One discount for all rows, %",
        "Sets every row; rows of their own discount are set in the grid.",
    ),
    "simulator.discount": ("Discount", "Of the regular price: of a coupon its depth, of cashback what is paid back."),
    "simulator.for_whom": (
        "For whom",
        "Rows for some segments reach their share of revenue, and sell by their sensitivity to discounts.",
    ),
    "simulator.sales_change": ("Change of sales", "Of sales, against the baseline."),
    "simulator.ebit_change": ("Change of EBIT", "Of EBIT, against the baseline."),
    "simulator.units_change": ("Change of units", "Of units, against the baseline."),
    "simulator.redeemed": ("Redeemed", "Share of entitled buyers who use it. Blank: all, of a coupon the usual share."),
    "simulator.reach": ("Reach", "Share of revenue whose buyers are entitled. Blank: all, or that of the segments."),
    "simulator.on_offer": ("On offer", "Share of the department's regular sales that is on offer. Blank: all of it."),
    "simulator.fixed_cost": ("Fixed cost", "Of the whole promotion: media, set-up."),
    "simulator.funding": ("Supplier funding", "What suppliers pay towards it."),
    "simulator.stock": ("Stock, pieces", "Pieces of the department and channel that can be sold at all."),
    "uplift.between": ("90 %", "In nine of ten cases the true value is in between."),
    "uplift.sales": ("Sales", "(1 + uplift of units) × (1 − discount) − 1."),
    "uplift.margin": ("Margin", "Change of the margin's value, against the day without promotion."),
    "uplift.confidence": (
        "Confidence",
        "1 − half of the 90 % interval / the uplift (at least 10 points), from 0 to 1.",
    ),
    "uplift.promo_days": ("Promo days", "Days on promotion with a discount in this band."),
    "uplift.effect": (
        "Effect",
        "Share of its units that it loses (below 0) or wins while the other one sells twice its usual units.",
    ),
    "uplift.pulled_forward": (
        "Pulled forward",
        "Share of the additional units that would have been bought in the days after.",
    ),
    "uplift.now": ("Now", "Units over what would have sold anyway, by the model in force."),
    "uplift.then": ("Then", "The same by the other model, were it in force."),
    "planning.currency": ("Currency", "Of the workbooks' money: three letters. Nothing is converted."),
    "planning.country": (
        "Holidays of",
        "Two letters. Uplift is learned with this country's public holidays: learn it anew after a change.",
    ),
    "planning.geo": (
        "Region of the targets",
        "Sales carry no region: they are held against this one's targets, or against all together.",
    ),
    "planning.usual_variable_cost": (
        "Variable cost, % of sales",
        "Of channels without their own. EBIT = margin − variable cost × sales − fixed cost + supplier funding.",
    ),
    "planning.variable_cost": ("Variable cost of a channel", "Its own share of sales. Blank: the usual one."),
    "planning.default_redemption": (
        "Coupons redeemed, %",
        "Share of entitled buyers who use a coupon, where a row of a scenario names none.",
    ),
    "planning.sensitivities": (
        "Sensitivity, factor",
        "On the uplift of rows for segments with this sensitivity to discounts. 1: as everybody.",
    ),
    "planning.discount": ("Discount at most, %", "A deeper effective discount of a row is a warning."),
    "planning.discount_at_most": ("Never deeper than, %", "A deeper one blocks the scenario."),
    "planning.cannibalization": (
        "Taken from elsewhere, %",
        "Expected loss of other departments and channels / expected gain; above it is a warning.",
    ),
    "planning.cannibalization_at_most": ("Never more than, %", "The same; above it the scenario is blocked."),
    "planning.margin": ("Margin floor, %", "A scenario's margin rate below it is a warning."),
    "planning.margin_points_below_baseline": (
        "Or below baseline by, points",
        "The floor is the baseline's margin rate less so many points, where that is lower.",
    ),
    "planning.margin_at_least": ("Never below, %", "A margin rate below it blocks the scenario."),
    "planning.confidence": ("Confidence at least", "From 0 to 1; a row's uplift that is less sure is pointed out."),
    "planning.budget": ("Budget", "Discount given + fixed cost − supplier funding of a scenario; above it is blocked."),
    "planning.grid": (
        "Discounts to choose from, %",
        "The optimiser and suggested fixes take only these. With semicolons or blanks between.",
    ),
    "planning.groups": (
        "Group",
        "Promotions of a department can take sales from others of its group. Learn uplift anew after a change.",
    ),
    "planning.discount_by_department": ("Discount at most", "Of this department. Blank: the limit above."),
    "planning.margin_by_department": ("Margin floor", "Of this department's rows. Blank: the floor above."),
    "planning.mandatory": (
        "Mandatory texts",
        "A scenario whose notes or brief lack one of them gets a warning. Where there is none: Terms and conditions"
        " apply, Company logo.",
    ),
    "scenarios.brief_primary": ("Primary objective", "What the promotion is for, in one line."),
    "scenarios.brief_secondary": ("Secondary objectives", "One a line."),
    "scenarios.brief_segments": ("Segments of a brief", "Whom it speaks to. ALL is everybody."),
    "scenarios.brief_demographics": ("Demographics", "Who they are, in words."),
    "scenarios.brief_messages": ("Key messages", "One a line, the most important first."),
    "scenarios.brief_tone": ("Tone", "How the texts are to sound."),
    "scenarios.brief_legal": (
        "Mandatory: legal",
        "What every asset has to carry, one a line. The validation looks for the company's own here and in the notes.",
    ),
    "scenarios.brief_brand": ("Mandatory: brand", "What every asset has to carry, one a line."),
    "scenarios.brief_asset": (
        "Type of an asset",
        "What is to be made: homepage_hero or email_banner online, in_store_poster or store_window in the stores, or"
        " another.",
    ),
    "planning.dip_window_days": (
        "Days after a promotion",
        "In which purchases that it only brought forward are missing, from 1 to 60. Learn uplift anew after a change.",
    ),
    "health.failed": ("Failed", "Failures in a row."),
    "health.made": ("Made", "Calls in the last 24 hours."),
    "health.planned": ("Planned", "By the clock, in the next 24 hours."),
    "health.left": ("Left", "For people who press Sync now."),
    "health.taken": ("Taken", "Of what Klaviyo permits in a day."),
    "settings.conversion_metric": (
        "Conversion metric",
        "Events of this Klaviyo metric are the orders. Automatic takes the one with most orders in 90 days.",
    ),
    "settings.order_values_hold_vat": ("Order values hold VAT", "Only wording: figures stay as the shop sends them."),
    "settings.order_values_hold_shipping": (
        "Order values hold shipping",
        "Only wording: figures stay as the shop sends them.",
    ),
    "settings.currency_of_all_sums": (
        "Currency of all sums",
        "Orders in another currency are converted by the exchange rates below.",
    ),
    "settings.country": ("Country", "Decides on the holidays and on the usual first weekday."),
    "settings.usual_return_time_in_days": (
        "Usual return time, in days",
        "Orders younger than this are marked: their refunds are not all known.",
    ),
    "settings.engaged_within_in_days": (
        "Engaged within, in days",
        "Whoever opened, clicked or ordered in so many days counts as engaged on the page Engagement.",
    ),
    "settings.months_ahead": ("Months ahead", "How far ahead the page Cohorts looks."),
    "settings.discount_rate_pct_a_year": (
        "Discount rate, % a year",
        "What an order in a year is worth less than one of today. 0: as much.",
    ),
    "settings.margin_pct_of_revenue": (
        "Margin, % of revenue",
        "Without a margin the page shows expected revenue, with one expected value.",
    ),
    "settings.baskets_of_a_pair_at_least": (
        "Baskets of a pair, at least",
        "Products that stand in fewer baskets together are not tested for belonging together.",
    ),
    "settings.load_rates_from_a_csv": (
        "Load rates from a CSV",
        "First line: date,base,quote,rate. Example line: 2026-01-01,USD,EUR,0.85",
    ),
    "settings.unusual_from_so_many_deviations_on": (
        "Unusual from so many deviations on",
        "How far from what its own past lets expect, in robust standard deviations. Less finds more, and more"
        " that is chance.",
    ),
    "settings.smallest_change_that_matters_pct": (
        "Smallest change that matters, %",
        "A day nearer to what was expected is not told, however sure it is.",
    ),
    "settings.recipients": (
        "Recipients",
        "E-mail addresses with commas between. Each gets this store's figures, whatever their rights here.",
    ),
    "scenarios.weight": ("Weight", "1 of this counts as much as 1 of another with the same weight."),
    "scenarios.margin_at_least": ("Margin at least, % of sales", "Of all sales in these days, promoted or not."),
    "scenarios.budget": ("Budget", "Discount given + fixed cost − supplier funding."),
    "scenarios.promotions_at_once": ("Promotions at once, at most", "Departments × channels on promotion."),
    "scenarios.sales_at_least": ("Sales at least", "Of all departments in these days."),
    "scenarios.keep_floors": (
        "Keep the margin floor of each department",
        "As the validation checks it; an answer without it may come with warnings.",
    ),
    "scenarios.may_be_promoted": ("On offer?", "Whether it may be promoted."),
    "scenarios.own_ebit_change": ("EBIT change of a row", "In the period, without what it does to other departments."),
    "scenarios.room_left": ("Room left", "How far it stays on the allowed side."),
    "scenarios.point": ("Point of the frontier", "Or click on a point."),
    "scenarios.validation": (
        "Validation of a scenario",
        "As it was when the scenario was saved last: opened, it is checked again, beside what has been approved since.",
    ),
    "scenarios.uplift_model": ("Uplift model", "The version whose coefficients its figures rest on."),
    "post-mortem.off": (
        "Off by",
        "(Actual − forecast) / |forecast|, of the days that are judged; – without a forecast.",
    ),
    "post-mortem.seen": (
        "Discount seen",
        "The one that sales on promotion tell; – where they do not say how deep it was.",
    ),
    "post-mortem.error": ("± points", "Standard error of the uplift, in points."),
    "post-mortem.missing": (
        "Missing afterwards",
        "Pieces fewer than usual in the days after, until the department's next promotion: what was only bought"
        " earlier.",
    ),
    "post-mortem.others": (
        "Effect on others",
        "Of departments that were not on promotion themselves, in the same group or the other channel; shrunk toward"
        " none.",
    ),
    "post-mortem.outcome": (
        "Uplift seen",
        "Without what the promotion's other departments took from it or brought it, as the model has it.",
    ),
    "post-mortem.weight": (
        "Weight of what was seen",
        "How far the curve goes from what was believed to what was seen, by how sure each is.",
    ),
    "calendar.discount": ("Discount on the calendar", "The deepest of a scenario's rows, the mean of the catalog's."),
    "calendar.overlaps_of_one": (
        "Overlaps of a promotion",
        "How many others share a department, channel and day with it.",
    ),
}
# What stands in braces, where nothing is shown.
_ANY: Final = {
    "currency": "the store's currency",
    "months": "so many",
    "after": "",
    "versus": "against the days compared with",
    "zone": "The store's",
    "most_mb": "200",
    "usual": "same dates of calendar periods, same weekdays else",
}


def hover(name: str, **shown: object) -> Told:
    """What to read on hover of a column or a field. Raises KeyError for one that is not told of here."""
    text = HOVERS[name][1]
    return Told(text.format(**shown) if shown else text)


def glossary_entries() -> dict[str, tuple[str, str]]:
    """Name → label and text as they hold for whatever is shown."""
    return {name: (label, text.format(**_ANY)) for name, (label, text) in HOVERS.items()}
