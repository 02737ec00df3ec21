"""Pages over what the company plans to sell for less."""
