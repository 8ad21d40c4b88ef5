"""Reports of suites: one HTML file each, drawn with inline SVG, that asks nobody for anything."""
