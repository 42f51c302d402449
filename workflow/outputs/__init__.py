"""What each workbook says: sheets as values, made from a `View`. `writer` draws them."""
