"""What a promotion that is over really brought, beside what was forecast, and what can be learned from it."""
