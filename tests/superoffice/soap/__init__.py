"""What the product takes from SuperOffice, and what it refuses."""
