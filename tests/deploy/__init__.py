"""What an administrator does: docs/operate.md and deploy/, as they are written."""
