"""The tables, columns and kinds of type that the product was designed on; people and outside checks query them by name.

Nothing here may be dropped or renamed; a type may be widened within its kind.
"""

from __future__ import annotations

DESIGNED: dict[str, dict[str, str]] = {
    "account_metrics_daily": {
        "text": "klaviyo_public_id",
        "date": "date",
        "decimal": (
            "total_revenue email_revenue sms_revenue flow_revenue campaign_revenue avg_order_value "
            "new_customer_revenue repeat_customer_revenue revenue_per_email revenue_per_sms revenue_per_recipient"
        ),
        "integer": (
            "total_orders email_orders sms_orders unique_customers new_customers repeat_customers "
            "total_emails_sent total_sms_sent total_opens total_clicks"
        ),
        "number": "revenue_growth_pct order_growth_pct customer_growth_pct",
        "instant": "timestamp",
    },
    "campaign_daily_aggregates": {
        "text": (
            "klaviyo_public_id send_channel best_campaign_id best_campaign_name worst_campaign_id worst_campaign_name"
        ),
        "date": "date",
        "integer": "total_campaigns total_recipients total_delivered total_opens total_clicks total_conversions",
        "texts": "campaigns_sent top_tags",
        "decimal": (
            "total_revenue avg_revenue_per_campaign avg_revenue_per_recipient best_campaign_revenue "
            "worst_campaign_revenue"
        ),
        "number": "avg_open_rate avg_click_rate avg_conversion_rate",
        "map": "tag_performance",
        "instant": "processed_at",
    },
    "campaign_statistics": {
        "text": "klaviyo_public_id campaign_id campaign_name send_channel",
        "date": "date",
        "number": (
            "recipients delivered bounced failed opens opens_unique clicks clicks_unique conversions "
            "conversion_uniques unsubscribes open_rate_pct click_rate_pct conversion_rate_pct "
            "unsubscribe_rate_pct bounce_rate_pct delivery_rate_pct spam_complaints unsubscribe_uniques"
        ),
        "decimal": "conversion_value",
        "instant": "updated_at",
    },
    "campaignstats": {
        "text": "klaviyo_public_id send_channel campaign_id campaign_message_id campaign_name subject",
        "texts": "store_public_ids tag_names",
        "json": "statistics",
        "instant": "updated_at",
    },
    "creative_briefs": {
        "uuid": "id scenario_id",
        "json": "brief assets",
        "instant": "created_at updated_at",
    },
    "customer_profiles": {
        "text": ("klaviyo_public_id customer_email customer_id rfm_score rfm_segment favorite_category favorite_brand"),
        "integer": (
            "total_orders days_since_last_order recency_score frequency_score monetary_score "
            "unique_products_purchased weekend_buyer preferred_order_hour customer_age_days"
        ),
        "decimal": "total_revenue total_refunds net_revenue avg_order_value avg_discount_amount",
        "date": "first_order_date last_order_date",
        "number": "avg_days_between_orders discount_usage_rate churn_risk_score",
        "texts": "categories_purchased brands_purchased",
        "instant": "last_updated",
    },
    "data_processing_jobs": {
        "uuid": "id",
        "text": "job_id status error_message",
        "integer": "files_queued files_processed records_processed errors",
        "json": "result",
        "instant": "started_at completed_at created_at",
    },
    "dim_time": {
        "date": "date",
        "integer": "year month day day_of_week week_of_year",
        "boolean": "is_weekend is_holiday",
    },
    "fact_conversions": {
        "date": "date",
        "text": "source_type source_id klaviyo_public_id",
        "integer": "conversions",
        "decimal": "revenue",
    },
    "fact_engagement": {
        "date": "date",
        "text": "channel metric_type klaviyo_public_id",
        "integer": "count",
        "decimal": "rate",
    },
    "fact_revenue": {
        "date": "date",
        "text": "channel klaviyo_public_id",
        "decimal": "revenue",
        "integer": "order_count customer_count",
    },
    "flow_statistics": {
        "text": "klaviyo_public_id flow_id flow_name flow_message_id flow_message_name send_channel",
        "date": "date",
        "number": (
            "recipients delivered bounced failed opens opens_unique clicks clicks_unique conversions "
            "conversion_uniques unsubscribes open_rate_pct click_rate_pct conversion_rate_pct "
            "unsubscribe_rate_pct bounce_rate_pct delivery_rate_pct spam_complaints unsubscribe_uniques"
        ),
        "decimal": "conversion_value",
        "instant": "updated_at",
    },
    "forecast_models": {
        "integer": "model_id",
        "text": "metric_name model_type klaviyo_public_id world channel department",
        "json": "parameters",
        "instant": "created_at updated_at",
        "boolean": "active",
    },
    "forecast_predictions": {
        "integer": "prediction_id model_id",
        "date": "date",
        "decimal": "value confidence_lower confidence_upper",
        "instant": "created_at",
    },
    "form_statistics": {
        "text": "klaviyo_public_id form_id form_name",
        "date": "date",
        "number": "viewed_form viewed_form_uniques submits submits_unique qualified_form qualified_form_uniques",
        "instant": "updated_at",
    },
    "klaviyo_aggregated_metrics": {
        "text": "metric_id bucket_size klaviyo_public_id",
        "instant": "time_bucket",
        "integer": "count",
        "decimal": "sum_value min_value max_value avg_value",
    },
    "klaviyo_campaigns": {
        "text": "campaign_id name status klaviyo_public_id",
        "instant": "created_at sent_at",
        "json": "metadata",
    },
    "klaviyo_events": {
        "text": "id metric_id profile_id klaviyo_public_id",
        "instant": "timestamp",
        "decimal": "value",
        "json": "properties raw_data",
        "integer": "ingest_seq",
    },
    "klaviyo_flows": {
        "text": "flow_id name status trigger_type klaviyo_public_id",
        "instant": "created_at updated_at",
        "json": "metadata",
    },
    "klaviyo_metrics": {
        "text": "id name type description integration_id integration_name integration_category klaviyo_public_id",
        "instant": "created_at updated_at",
        "json": "metadata",
    },
    "klaviyo_order_line_items": {
        "text": (
            "klaviyo_public_id order_id line_item_id product_id variant_id product_name product_brand sku product_type"
        ),
        "texts": "collections",
        "integer": "quantity",
        "decimal": "unit_price line_total discount_amount discount_per_item",
        "instant": "synced_at inserted_at",
    },
    "klaviyo_orders": {
        "text": (
            "klaviyo_public_id order_id customer_id customer_email channel device_type shipping_city "
            "shipping_state shipping_country shipping_zip discount_code discount_type utm_source utm_medium "
            "utm_campaign currency order_status"
        ),
        "decimal": "order_value discount_amount customer_total_spent",
        "date": "order_date",
        "instant": "order_timestamp synced_at inserted_at",
        "integer": (
            "item_count product_count is_first_order order_count_for_customer days_since_last_order "
            "customer_order_count"
        ),
        "texts": "customer_tags",
    },
    "klaviyo_profiles": {
        "text": "id email phone_number external_id first_name last_name klaviyo_public_id",
        "instant": "created_at updated_at last_event_date",
        "json": "properties",
    },
    "klaviyo_syncs": {
        "instant": (
            "campaigns_last_sync flows_last_sync forms_last_sync segments_last_sync events_last_sync "
            "aggregates_last_sync campaign_aggregates_last_run customer_profiles_last_run "
            "product_analytics_last_run product_relationships_last_run updated_at"
        ),
        "text": "klaviyo_public_id sync_type",
    },
    "model_performance": {
        "integer": "model_id",
        "date": "date",
        "text": "metric",
        "decimal": "value",
    },
    "post_mortem_reports": {
        "uuid": "id scenario_id forecast_kpi_id promo_catalog_id",
        "date": "period_start period_end",
        "decimal": (
            "actual_sales_value actual_margin_value actual_margin_pct actual_ebit sales_value_error_pct "
            "margin_value_error_pct ebit_error_pct units_error_pct"
        ),
        "integer": "actual_units",
        "json": "post_promo_dip cannibalization_signals",
        "texts": "insights learning_points",
        "instant": "created_at",
    },
    "product_relationships_optimized": {
        "text": "klaviyo_public_id product_a product_b product_a_name product_b_name relationship_type",
        "integer": "co_purchase_count",
        "number": "confidence lift support",
        "date": "first_co_purchase last_co_purchase",
        "instant": "calculated_at",
    },
    "products_master": {
        "text": "klaviyo_public_id product_id product_name sku brand category",
        "texts": "collections tags",
        "decimal": "avg_price min_price max_price revenue_per_customer avg_discount_amount",
        "number": "conversion_rate repurchase_rate avg_units_per_order velocity_score discount_rate",
        "date": "first_sold_date last_sold_date",
        "integer": "days_on_market revenue_rank quantity_rank",
        "instant": "last_updated",
    },
    "promo_catalog": {
        "uuid": "id",
        "text": "promo_name source_file",
        "date": "date_start date_end",
        "texts": "departments channels",
        "decimal": "avg_discount_pct",
        "json": "mechanics",
        "instant": "created_at",
    },
    "promo_scenarios": {
        "uuid": "id source_opportunity_id",
        "text": "label scenario_type created_by",
        "date": "date_range_start date_range_end",
        "json": "mechanics",
        "instant": "created_at updated_at",
    },
    "raw_api_responses": {
        "integer": "id",
        "text": "endpoint api_version klaviyo_public_id",
        "json": "response_data",
        "instant": "timestamp",
    },
    "refund_cancelled_orders": {
        "text": (
            "klaviyo_public_id event_id event_type original_order_id customer_id customer_email refund_reason "
            "refund_currency metric_id metric_name profile_id event_properties profile_properties"
        ),
        "instant": "event_timestamp original_order_timestamp synced_at inserted_at",
        "decimal": "refund_amount",
        "texts": "line_items_affected products_affected store_public_ids",
        "integers": "quantities_refunded",
    },
    "sales_aggregated": {
        "integer": "id units",
        "date": "date",
        "text": "channel department",
        "boolean": "promo_flag",
        "decimal": "discount_pct sales_value margin_value margin_pct",
        "instant": "created_at updated_at",
    },
    "sales_daily_summary": {
        "date": "date",
        "text": "channel",
        "decimal": "total_sales_value total_margin_value avg_margin_pct",
        "integer": "total_units promo_days_count",
    },
    "scenario_comparison_view": {
        "uuid": "scenario_id",
        "text": "label scenario_type validation_status",
        "date": "date_range_start date_range_end",
        "decimal": "total_sales_value total_margin_pct total_ebit sales_value_delta",
        "integer": "overall_score",
    },
    "scenario_kpis": {
        "uuid": "id scenario_id",
        "date": "period_start period_end",
        "decimal": (
            "total_sales_value total_margin_value total_margin_pct total_ebit sales_value_delta "
            "margin_value_delta ebit_delta"
        ),
        "integer": "total_units units_delta",
        "json": "kpi_breakdown",
        "instant": "created_at",
    },
    "segment_statistics": {
        "text": "klaviyo_public_id segment_id segment_name",
        "date": "date",
        "integer": "total_members new_members removed_members daily_change",
        "instant": "updated_at",
    },
    "segments": {
        "text": "segment_id name discount_sensitivity",
        "decimal": "share_of_customers share_of_revenue avg_basket_value purchase_frequency",
        "texts": "fav_categories",
        "integer": "last_purchase_days_ago",
        "instant": "updated_at",
    },
    "stores": {
        "text": "name public_id status klaviyo_public_id oauth_token_encrypted refresh_token_encrypted",
        "instant": (
            "token_expires_at campaign_values_last_update segment_values_last_update flow_values_last_update "
            "form_values_last_update placed_order_last_update"
        ),
        "boolean": "is_updating_dashboard",
    },
    "targets": {
        "uuid": "id",
        "text": "month geo",
        "decimal": "sales_value_target margin_pct_target",
        "integer": "units_target",
        "instant": "created_at updated_at",
    },
    "uplift_coefficients": {
        "uuid": "id",
        "text": "department channel discount_band model_version",
        "decimal": "uplift_sales_pct uplift_units_pct margin_impact_pct confidence",
        "integer": "sample_size",
        "instant": "created_at",
    },
    "validation_reports": {
        "uuid": "id scenario_id",
        "text": "status",
        "json": "issues",
        "integer": "overall_score",
        "instant": "created_at",
    },
}

# What the design needs beside its own tables.
NEEDED = (
    "klaviyo_campaign_messages", "klaviyo_flow_messages", "klaviyo_lists", "klaviyo_segments", "klaviyo_forms",
    "klaviyo_form_versions", "klaviyo_tags", "klaviyo_catalog_items", "sync_cursors", "sync_jobs", "exchange_rates",
    "holidays", "settings", "opportunities", "scenario_versions", "annotations", "saved_views", "grants", "audit_log",
    "order_attribution", "campaign_message_statistics", "form_version_statistics", "segment_memberships",
    "holdouts", "holdout_arms",
)  # fmt: skip
