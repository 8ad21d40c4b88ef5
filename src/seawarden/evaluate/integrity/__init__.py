"""The bench of deception: forged positions and numbers laid on real traffic, beside the quiet days themselves."""
