"""Who is online in SuperOffice Chat, answered in Slack."""
