"""What tests share: one clock, one crowd, one stage."""
