"""Operating models: what a good experiment becomes, under Innokylä's headings."""
