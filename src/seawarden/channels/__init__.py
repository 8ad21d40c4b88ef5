"""Ways out: everything that leaves the engine passes the gate and then one of these writers."""
