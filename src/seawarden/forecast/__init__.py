"""Where each ship will be, with calibrated uncertainty, and which assets it will cross when."""
