"""Who a ship says she is, whether that can be so, and which ship it was when several share one number."""
