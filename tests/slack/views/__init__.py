"""What people see: pure functions, tried with every kind of data."""
