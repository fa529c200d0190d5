"""Documentation, and the command that draws its picture."""
