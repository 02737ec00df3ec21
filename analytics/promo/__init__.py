"""What a promotion does: price, uplift, what it takes from elsewhere and from later, and which discounts are best."""
