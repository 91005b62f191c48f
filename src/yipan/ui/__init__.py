"""What every page is made of: layout, components, words, live updates. Knows no service line."""
