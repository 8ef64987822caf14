"""Pages for people: Jinja templates with htmx, islands for diagrams, the assets behind them."""
