"""The only place that builds objects. Slack's part is apart: `who` does not need it, and it takes long to import."""
