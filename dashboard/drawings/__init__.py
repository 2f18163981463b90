"""How results are drawn: Plotly for charts that are explored, small SVGs by templates for the rest."""
