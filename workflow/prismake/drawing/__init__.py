"""What every figure needs: text that is clean and measured, coordinates, and PDF and PNG from an SVG."""
