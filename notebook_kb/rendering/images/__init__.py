"""Pictures as files: text and formulas set as SVG, and SVG made into PNG with shipped fonts only."""
