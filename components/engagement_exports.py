"""The rows that the engagement page exports: all of them, exact."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from analytics.engagement import Counts, EngagementFigures, Flow, Form
from analytics.engagement_audience import FormDays, SegmentDetail
from analytics.engagement_detail import Bought, Buyer, CampaignDetail, FlowDetail
from analytics.engagement_events import Reach
from components.revenue_series import Shown

Rows = list[dict[str, Any]]


def channel_rows(figures: EngagementFigures) -> Rows:
    """One row a span, kind and channel."""
    spans = {"period": figures.this, "whole_days": figures.whole} | (
        {"compared": figures.compared} if figures.compared is not None else {}
    )
    return [
        {"span": span, "sent_by": kind, "channel": channel} | _exact(counts)
        for span, sends in spans.items()
        for (kind, channel), counts in sorted(sends.groups.items())
    ]


def reachable_rows(found: Reach) -> Rows:
    """One row a channel."""
    return [
        {
            "channel": channel,
            "reachable": each.profiles,
            "engaged": each.engaged,
            "engaged_since": found.engaged_since,
            "engaged_pct": each.engaged_share,
        }
        for channel, each in sorted(found.reachable.items())
    ]


def campaign_rows(figures: EngagementFigures, shown: Shown) -> Rows:
    """Every campaign of the period."""
    usual = figures.usual.medians
    return [
        {
            "campaign_id": campaign.id,
            "campaign_name": campaign.name,
            "channel": campaign.channel,
            "date": campaign.sent_on,
            "sent_at": _local(campaign.sent_at, shown),
            "tags": ", ".join(campaign.tags),
            "subjects": " / ".join(campaign.subjects),
        }
        | _exact(campaign.counts)
        | {f"median_{name}": value for name, value in _medians_row(usual.get(campaign.channel, {})).items()}
        for campaign in figures.campaigns
    ]


def flow_rows(flows: Sequence[Flow]) -> Rows:
    """Every flow by channel."""
    return [
        {
            "flow_id": flow.id,
            "flow_name": flow.name,
            "status": flow.status,
            "archived": flow.archived,
            "trigger_type": flow.trigger,
            "channel": channel,
        }
        | _exact(flow.this.get(channel, Counts()))
        for flow in flows
        for channel in (sorted(flow.this) or [""])
    ]


def form_rows(forms: Sequence[Form]) -> Rows:
    """Every form; the version is empty in the row that sums over versions."""
    found: Rows = []
    for form in forms:
        for version, counts in [("", form.this), *((each.id, each.counts) for each in form.versions)]:
            found.append(
                {
                    "form_id": form.id,
                    "form_name": form.name,
                    "form_version_id": version,
                    "viewed_form": counts.views,
                    "viewed_form_uniques_summed": counts.viewers,
                    "submits": counts.submits,
                    "submits_unique_summed": counts.submitters,
                    "submit_rate_pct": counts.submit_rate,
                }
            )
    return found


def segment_rows(found: Sequence[Mapping[str, Any]]) -> Rows:
    """Every segment and day."""
    return [
        {
            "segment_id": row["segment_id"],
            "segment_name": row["name"],
            "date": row["day"],
            "total_members": row["members"],
            "new_members": row["joined"],
            "removed_members": row["gone"],
        }
        for row in found
    ]


def list_rows(found: Sequence[Mapping[str, Any]]) -> Rows:
    """Every list and day with its size."""
    return [
        {"list_id": row["list_id"], "list_name": row["name"], "date": row["day"], "members": row["members"]}
        for row in found
    ]


def variation_rows(found: CampaignDetail) -> Rows:
    """Every message and variation of a campaign."""
    return [
        {
            "campaign_message_id": each.message_id,
            "message_name": each.message,
            "variation_id": each.id,
            "variation_name": each.name,
            "subject": each.subject,
        }
        | _exact(each.counts)
        for each in found.variations
    ]


def message_rows(found: FlowDetail) -> Rows:
    """Every message of a flow in its place."""
    return [
        {
            "position": each.position,
            "flow_message_id": each.id,
            "message_name": each.name,
            "channel": each.channel,
            "status": each.status,
            "subject": each.subject,
            "drop_off_pct": each.drop_off,
        }
        | _exact(each.counts)
        for each in found.messages
    ]


def won_day_rows(found: Bought) -> Rows:
    """Orders won by day."""
    return [
        {"order_date": day, "orders": orders, "gross_revenue": gross}
        for day, (orders, gross) in sorted(found.days.items())
    ]


def buyer_rows(found: Sequence[Buyer]) -> Rows:
    """Everybody who bought."""
    return [
        {
            "customer_id": each.id,
            "customer_email": each.email,
            "First Name": each.first_name,
            "Last Name": each.last_name,
            "orders": each.orders,
            "gross_revenue": each.gross,
            "first_time": each.first_time,
        }
        for each in found
    ]


def form_day_rows(found: FormDays) -> Rows:
    """A form by day."""
    return [
        {
            "date": day,
            "viewed_form": counts.views,
            "viewed_form_uniques_summed": counts.viewers,
            "submits": counts.submits,
            "submits_unique_summed": counts.submitters,
            "submit_rate_pct": counts.submit_rate,
        }
        for day, counts in sorted(found.items())
    ]


def segment_day_rows(found: SegmentDetail) -> Rows:
    """A segment by day."""
    return [
        {"date": day, "total_members": members, "new_members": joined, "removed_members": gone}
        for day, (members, joined, gone) in sorted(found.days.items())
    ]


def overlap_rows(found: SegmentDetail) -> Rows:
    """A segment's newest snapshot by RFM segment."""
    return [
        {
            "rfm_segment": each.rfm_segment,
            "members": each.members,
            "customers": each.customers,
            "reached_pct": each.reached,
        }
        for each in found.overlap
    ]


def legacy_rows(figures: EngagementFigures, shown: Shown) -> Rows:
    """Every row that an earlier system kept, with all of its statistics."""
    names = sorted({name for each in figures.legacy for name in each.statistics})
    return [
        {
            "campaign_id": each.campaign_id,
            "campaign_message_id": each.message_id,
            "campaign_name": each.name,
            "channel": each.channel,
            "subject": each.subject,
            "tags": ", ".join(each.tags),
            "updated_at": _local(each.updated_at, shown),
        }
        | {name: each.statistics.get(name) for name in names}
        for each in figures.legacy
    ]


def _exact(counts: Counts) -> dict[str, Any]:
    return {
        "recipients": counts.recipients,
        "delivered": counts.delivered,
        "bounced": counts.bounced,
        "failed": counts.failed,
        "opens_unique_summed": counts.opens,
        "clicks_unique_summed": counts.clicks,
        "conversion_uniques_summed": counts.converted,
        "conversions": counts.conversions,
        "conversion_value": counts.value,
        "unsubscribe_uniques_summed": counts.unsubscribed,
        "spam_complaints": counts.complaints,
        "text_message_spend": counts.spend,
        "delivery_rate_pct": counts.delivery_rate,
        "open_rate_pct": counts.open_rate,
        "click_rate_pct": counts.click_rate,
        "conversion_rate_pct": counts.conversion_rate,
        "revenue_per_recipient": counts.per_recipient,
    }


def _medians_row(usual: Mapping[str, float]) -> dict[str, float | None]:
    return {
        "open_rate_pct": usual.get("open"),
        "click_rate_pct": usual.get("click"),
        "conversion_rate_pct": usual.get("conversion"),
        "revenue_per_recipient": usual.get("per_recipient"),
    }


def _local(moment: datetime | None, shown: Shown) -> datetime | None:
    return None if moment is None else moment.astimezone(shown.account.zone)
