"""From paper or file to a draft: scan, page, grid, sheet, readings."""
