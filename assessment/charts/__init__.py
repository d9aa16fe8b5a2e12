"""Tables to plotly figures; the only plotly."""
